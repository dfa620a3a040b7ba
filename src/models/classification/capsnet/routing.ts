/**
 * Routing by agreement (Sabour et al. 2017, procedure 1). With votes û_ji = W_ij u_i of capsule i for capsule j and b = 0 at first,
 * an iteration is
 *
 *   c_i = softmax over j of b_i,   s_j = Σ_i c_ij û_ji,   v_j = squash(s_j),   b_ij ← b_ij + û_ji · v_j
 *
 * The first has the same c for all j, so there s is a mean, one product of matrices without votes. The gradient goes through
 * all iterations, as in the authors' own code (github.com/Sarasra/models, research/capsules/models/layers/layers.py); some
 * reimplementations stop it in all but the last.
 */
import type { Dim, Value } from '../../../compiler/ir/graph.ts';
import { add, matmul, mul, reshape, softmax, transpose } from '../../../nn/functional.ts';
import { squash } from './squash.ts';

/**
 * Capsules [N, I, A] to capsules [N, J, B].
 *
 * @param weight [I, A, J, B]; its part of i and j is W_ij transposed
 * @param iterations 1 or more; 1 gives every capsule below the same say
 */
export function route(u: Value, weight: Value, iterations: number): Value {
  const n = u.type.shape[0] as Dim;
  const [i, a, j, b] = weight.type.shape as readonly [number, number, number, number];
  const sums = matmul(reshape(u, [n, i * a]), reshape(weight, [i * a, j * b]));
  let v = squash(mul(reshape(sums, [n, j, 1, b]), 1 / j), 3);
  if (iterations > 1) {
    // One product of matrices for each capsule below, put together as [N, J, I, B].
    const products = matmul(transpose(u, [1, 0, 2]), reshape(weight, [i, a, j * b]));
    const votes = transpose(reshape(products, [i, n, j, b]), [1, 2, 0, 3]);
    let logits: Value | undefined;
    for (let k = 1; k < iterations; k++) {
      const agreement = matmul(votes, v, { transB: true });
      logits = logits ? add(logits, agreement) : agreement;
      v = squash(matmul(softmax(logits, 1), votes, { transA: true }), 3);
    }
  }
  return reshape(v, [n, j, b]);
}

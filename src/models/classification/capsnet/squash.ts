/** The capsules' nonlinearity and the lengths of capsules. */
import type { Value } from '../../../compiler/ir/graph.ts';
import { add, div, mul, sqrt, sumSquare } from '../../../nn/functional.ts';

/** Under the roots, so that a capsule of zeros has a gradient; the shortest length is its root, 1e-4. */
const EPSILON = 1e-8;

/**
 * Capsules shrunk to a length below 1, short ones to almost nothing, along an axis (Sabour et al. 2017, equation 1):
 *
 *   v = ‖s‖² / (1 + ‖s‖²) · s / ‖s‖ = s · ‖s‖ / (1 + ‖s‖²)
 */
export function squash(s: Value, axis: number): Value {
  const squares = sumSquare(s, [axis], true);
  return mul(s, div(sqrt(add(squares, EPSILON)), add(squares, 1)));
}

/** The lengths of capsules [..., dim], [...]. */
export function lengths(capsules: Value): Value {
  return sqrt(add(sumSquare(capsules, [capsules.type.shape.length - 1]), EPSILON));
}

/**
 * Clipping by the global norm, as torch.nn.utils.clip_grad_norm_: with n the Euclidean norm of all gradients together, every
 * gradient is multiplied by min(1, limit / (n + 1e-6)).
 */
import type { Value } from '../compiler/ir/graph.ts';
import { add, div, minimum, mul, sqrt, sumSquare } from '../nn/functional.ts';

/** The Euclidean norm of all values together, a scalar. */
export function globalNorm(values: readonly Value[]): Value {
  return sqrt(values.map((value) => sumSquare(value)).reduce((a, b) => add(a, b)));
}

export function clipByNorm(gradients: readonly Value[], norm: Value, limit: number): readonly Value[] {
  const factor = minimum(div(limit, add(norm, 1e-6)), 1);
  return gradients.map((gradient) => mul(gradient, factor));
}

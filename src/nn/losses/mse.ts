/** The mean squared error, as torch.nn.functional.mse_loss. */
import type { Value } from '../../compiler/ir/graph.ts';
import { mean, square, sub } from '../functional.ts';
import { checkAlike } from './checks.ts';

/**
 * (output − target)², the mean over all elements.
 * @param output any shape
 * @param target of the output's type
 * @returns a scalar
 * @throws shape when the two differ in type
 */
export function mse(output: Value, target: Value): Value {
  checkAlike('mse', 'outputs', output, target);
  return mean(square(sub(output, target)));
}

/** ONNX's activations that are no operator of ours but made of some. */
import type { Value } from '../ir/graph.ts';
import * as f from './functions.ts';
import type { ReadingRules } from './reading.ts';

export const composedActivations: ReadingRules = {
  /** x where x ≥ 0, else slope · x. */
  PRelu(node) {
    const x = node.input(0);
    return f.where(f.less(x, 0), f.mul(x, node.input(1)), x);
  },
  /** Klambauer et al. 2017, arXiv:1706.02515. */
  Selu(node) {
    const [alpha, gamma] = [node.float('alpha', 1.6732632), node.float('gamma', 1.0507009)];
    return f.mul(f.elu(node.input(0), alpha), gamma);
  },
  /** max(x, 0) + min(0, alpha · (e^(x / alpha) − 1)). */
  Celu(node) {
    const alpha = node.float('alpha', 1);
    return f.mul(f.elu(f.div(node.input(0), alpha)), alpha);
  },
  /** x · tanh(softplus(x)). */
  Mish(node) {
    const x = node.input(0);
    return f.mul(x, f.tanh(f.softplus(x)));
  },
  /** x / (1 + |x|). */
  Softsign(node) {
    const x = node.input(0);
    return f.div(x, f.add(f.abs(x), 1));
  },
  /** x where x > alpha, else 0. */
  ThresholdedRelu(node): Value {
    const x = node.input(0);
    return f.where(f.greater(x, node.float('alpha', 1)), x, 0);
  },
};

/**
 * Stochastic gradient descent as torch's: with g the gradient plus weightDecay · w,
 *
 *   b ← momentum · b + g        (b starts at 0)
 *   w ← w − learningRate · b    (Nesterov: w − learningRate · (g + momentum · b))
 */
import { checkKeys, OcelliError } from '../base/errors.ts';
import type { Value } from '../compiler/ir/graph.ts';
import { add, mul, sub } from '../nn/functional.ts';
import type { OptimizerRule } from '../program/training-graph.ts';

export interface SgdOptions {
  /** Default 0: plain descent, no momentum buffers. */
  readonly momentum?: number;
  /** Added to the gradient, times the weight; default 0. */
  readonly weightDecay?: number;
  /** Look ahead along the momentum; default false. */
  readonly nesterov?: boolean;
}

/** The learning rate is fed at every step, as `learningRate`. @throws usage for Nesterov without momentum or values below 0 */
export function sgd(options: SgdOptions = {}): OptimizerRule {
  checkKeys('sgd', options, ['momentum', 'weightDecay', 'nesterov']);
  const { momentum = 0, weightDecay = 0, nesterov = false } = options;
  if (!(momentum >= 0) || !(weightDecay >= 0)) throw new OcelliError('usage', 'sgd: momentum and weightDecay are 0 or more');
  if (nesterov && momentum === 0) throw new OcelliError('usage', 'sgd: Nesterov needs a momentum above 0');
  return {
    slots: momentum > 0 ? ['momentum'] : [],
    scalars: ['learningRate'],
    update({ value, gradient, slots, scalars }) {
      const g = weightDecay > 0 ? add(gradient, mul(value, weightDecay)) : gradient;
      if (momentum === 0) return { value: descend(value, g, scalars), slots: {} };
      const b = add(mul(slots.momentum as Value, momentum), g);
      return { value: descend(value, nesterov ? add(g, mul(b, momentum)) : b, scalars), slots: { momentum: b } };
    },
  };
}

function descend(value: Value, direction: Value, scalars: Readonly<Record<string, Value>>): Value {
  return sub(value, mul(direction, scalars.learningRate as Value));
}

/**
 * Stochastic gradient descent as torch.optim.SGD: with g the gradient plus weightDecay · w,
 *
 *   b ← momentum · b + (1 − dampening) · g     (the first step, as b starts at 0: b ← g, without dampening)
 *   w ← w − learningRate · b                   (Nesterov: w − learningRate · (g + momentum · b))
 */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { add, equal, full, mul, sub, where } from '../../nn/functional.ts';
import type { OptimizerRule } from '../../program/optimizer-rule.ts';
import { type CommonOptions, checkNotNegative, checkShare, decayed, settingsOf } from './settings.ts';

export interface SgdOptions extends CommonOptions {
  /** Default 0: plain descent, no momentum buffers. */
  readonly momentum?: number;
  /** Added to the gradient, times the weight; default 0. */
  readonly weightDecay?: number;
  /** Look ahead along the momentum; default false. */
  readonly nesterov?: boolean;
  /** Share of the gradient that does not enter the momentum; default 0. */
  readonly dampening?: number;
}

/**
 * The learning rate is fed at every step, as `learningRate`. Keeps `momentum:<key>` where there is momentum.
 * @throws usage for values below 0, a momentum of 1 or more, and for Nesterov without momentum or with dampening
 */
export function sgd(options: SgdOptions = {}): OptimizerRule {
  checkKeys('sgd', options, ['momentum', 'weightDecay', 'nesterov', 'dampening', 'groups']);
  const { momentum = 0, weightDecay = 0, nesterov = false, dampening = 0 } = options;
  checkNotNegative('sgd', { weightDecay, dampening });
  checkShare('sgd', { momentum });
  if (nesterov && (momentum === 0 || dampening > 0)) {
    throw new OcelliError('usage', 'sgd: Nesterov needs a momentum above 0 and no dampening');
  }
  const damped = momentum > 0 && dampening > 0;
  return {
    description: { optimizer: 'sgd', momentum, weightDecay, nesterov, dampening },
    slots: momentum > 0 ? [{ name: 'momentum', initial: 'zeros' }] : [],
    scalars: ['learningRate'],
    ...(damped ? { shared: ({ count }) => ({ share: where(equal(count, 1), full(count, [], 1), 1 - dampening) }) } : {}),
    update(step) {
      const settings = settingsOf('sgd', step, options);
      const g = decayed(step, settings.weightDecay);
      const descend = (direction: Value): Value => sub(step.value, mul(direction, settings.learningRate));
      if (momentum === 0) return { value: descend(g), slots: {} };
      const b = add(mul(step.slots.momentum as Value, momentum), damped ? mul(g, step.shared.share as Value) : g);
      return { value: descend(nesterov ? add(g, mul(b, momentum)) : b), slots: { momentum: b } };
    },
  };
}

/**
 * RMSprop (Hinton 2012, lecture 6e) in the two forms that trained networks were made with. With g the gradient plus weightDecay · w:
 *
 *   v ← alpha · v + (1 − alpha) · g²,   centered: m ← alpha · m + (1 − alpha) · g and v − m² in place of v below
 *
 *   torch.optim.RMSprop                          TensorFlow's (MnasNet, EfficientNet)
 *   b ← momentum · b + g / (√v + eps)            b ← momentum · b + learningRate · g / √(v + eps)
 *   w ← w − learningRate · b                     w ← w − b
 *   v starts at 0                                v starts at 1
 *
 * They part when the learning rate changes, as TensorFlow's momentum remembers the rates of its time, and while v is small.
 */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { add, div, mul, sqrt, square, sub } from '../../nn/functional.ts';
import type { OptimizerRule, OptimizerSlot } from '../../program/optimizer-rule.ts';
import { type CommonOptions, checkNotNegative, checkShare, decayed, settingsOf } from './settings.ts';

export interface RmspropOptions extends CommonOptions {
  /** How slowly the mean square forgets; default 0.99, TensorFlow's 0.9. */
  readonly alpha?: number;
  /** Keeps the division finite; default 1e-8, TensorFlow's 1e-10. */
  readonly eps?: number;
  /** Default 0. */
  readonly momentum?: number;
  /** Divides by the deviation of gradients from their mean; default false. */
  readonly centered?: boolean;
  /** Added to the gradient, times the weight; default 0. */
  readonly weightDecay?: number;
}

/**
 * RMSprop as torch's. The learning rate is fed at every step, as `learningRate`. Keeps `meanSquare:<key>`, `meanGradient:<key>` if
 * centered, and `momentum:<key>` where there is momentum.
 * @throws usage for values out of range
 */
export function rmsprop(options: RmspropOptions = {}): OptimizerRule {
  return rule('rmsprop', options, { alpha: 0.99, eps: 1e-8 });
}

/** RMSprop as TensorFlow's; all else as `rmsprop`. */
export function rmspropTensorFlow(options: RmspropOptions = {}): OptimizerRule {
  return rule('rmspropTensorFlow', options, { alpha: 0.9, eps: 1e-10 });
}

function rule(
  name: 'rmsprop' | 'rmspropTensorFlow',
  options: RmspropOptions,
  defaults: { readonly alpha: number; readonly eps: number },
): OptimizerRule {
  checkKeys(name, options, ['alpha', 'eps', 'momentum', 'centered', 'weightDecay', 'groups']);
  const { alpha = defaults.alpha, eps = defaults.eps, momentum = 0, centered = false, weightDecay = 0 } = options;
  checkShare(name, { alpha, momentum });
  checkNotNegative(name, { eps, weightDecay });
  const tensorFlow = name === 'rmspropTensorFlow';
  const slots: OptimizerSlot[] = [{ name: 'meanSquare', initial: tensorFlow ? 'ones' : 'zeros' }];
  if (centered) slots.push({ name: 'meanGradient', initial: 'zeros' });
  if (momentum > 0) slots.push({ name: 'momentum', initial: 'zeros' });
  const blend = (before: Value, now: Value): Value => add(mul(before, alpha), mul(now, 1 - alpha));
  return {
    description: { optimizer: name, alpha, eps, momentum, centered, weightDecay },
    slots,
    scalars: ['learningRate'],
    update(step) {
      const settings = settingsOf(name, step, options);
      const g = decayed(step, settings.weightDecay);
      const next: Record<string, Value> = { meanSquare: blend(step.slots.meanSquare as Value, square(g)) };
      let spread = next.meanSquare as Value;
      if (centered) {
        next.meanGradient = blend(step.slots.meanGradient as Value, g);
        spread = sub(spread, square(next.meanGradient));
      }
      const scaled = (x: Value): Value => mul(x, settings.learningRate);
      const direction = tensorFlow ? div(scaled(g), sqrt(add(spread, eps))) : div(g, add(sqrt(spread), eps));
      const moved = momentum > 0 ? add(mul(step.slots.momentum as Value, momentum), direction) : direction;
      if (momentum > 0) next.momentum = moved;
      return { value: sub(step.value, tensorFlow ? moved : scaled(moved)), slots: next };
    },
  };
}

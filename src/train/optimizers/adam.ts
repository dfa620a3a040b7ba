/**
 * Adam (Kingma & Ba 2015, arXiv 1412.6980, algorithm 1) and AdamW (Loshchilov & Hutter 2019, arXiv 1711.05101), as torch's. With g
 * the gradient, in Adam plus weightDecay · w, and t the number of the step from 1:
 *
 *   m ← β1 · m + (1 − β1) · g,    c1 = 1 − β1^t
 *   v ← β2 · v + (1 − β2) · g²,   c2 = 1 − β2^t
 *   w ← w − learningRate / c1 · m / (√(v / c2) + eps)        AdamW: from w · (1 − learningRate · weightDecay)
 *
 * which is computed as w − (learningRate · √c2 / c1) · m / (√v + eps · √c2): one pass less over memory. amsgrad takes the largest v
 * so far under the root (Reddi, Kale & Kumar 2018, arXiv 1904.09237).
 */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { add, div, full, maximum, mul, sqrt, square, sub, tanh } from '../../nn/functional.ts';
import type { OptimizerRule, OptimizerSlot } from '../../program/optimizer-rule.ts';
import { type CommonOptions, checkNotNegative, checkShare, decayed, settingsOf } from './settings.ts';

export interface AdamOptions extends CommonOptions {
  /** How slowly the mean of gradients forgets; default 0.9. */
  readonly beta1?: number;
  /** How slowly the mean of their squares forgets; default 0.999. */
  readonly beta2?: number;
  /** Keeps the division finite; default 1e-8. */
  readonly eps?: number;
  /** Adam adds it to the gradient, times the weight; AdamW shrinks weights by learningRate · weightDecay. Default 0, AdamW's 0.01. */
  readonly weightDecay?: number;
  /** Divides by the largest mean square so far; default false. */
  readonly amsgrad?: boolean;
}

/**
 * The learning rate is fed at every step, as `learningRate`. Keeps `mean:<key>`, `meanSquare:<key>`, with amsgrad
 * `maxMeanSquare:<key>`, and `counter:optimizer`, the number of updates so far.
 * @throws usage for values out of range
 */
export function adam(options: AdamOptions = {}): OptimizerRule {
  return rule('adam', options, 0);
}

/** Adam with decoupled weight decay, 0.01 by default; all else as `adam`. */
export function adamw(options: AdamOptions = {}): OptimizerRule {
  return rule('adamw', options, 0.01);
}

function rule(name: 'adam' | 'adamw', options: AdamOptions, defaultDecay: number): OptimizerRule {
  checkKeys(name, options, ['beta1', 'beta2', 'eps', 'weightDecay', 'amsgrad', 'groups']);
  const { beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = defaultDecay, amsgrad = false } = options;
  checkShare(name, { beta1, beta2 });
  checkNotNegative(name, { eps, weightDecay });
  const slots: OptimizerSlot[] = [
    { name: 'mean', initial: 'zeros' },
    { name: 'meanSquare', initial: 'zeros' },
  ];
  if (amsgrad) slots.push({ name: 'maxMeanSquare', initial: 'zeros' });
  return {
    description: { optimizer: name, beta1, beta2, eps, weightDecay, amsgrad },
    slots,
    scalars: ['learningRate'],
    shared({ count }) {
      const root = sqrt(biasCorrection(count, beta2));
      return { factor: div(root, biasCorrection(count, beta1)), eps: mul(root, eps) };
    },
    update(step) {
      const settings = settingsOf(name, step, { ...options, weightDecay });
      const coupled = name === 'adam';
      const g = coupled ? decayed(step, settings.weightDecay) : step.gradient;
      const mean = add(mul(step.slots.mean as Value, beta1), mul(g, 1 - beta1));
      const meanSquare = add(mul(step.slots.meanSquare as Value, beta2), mul(square(g), 1 - beta2));
      const next: Record<string, Value> = { mean, meanSquare };
      if (amsgrad) next.maxMeanSquare = maximum(step.slots.maxMeanSquare as Value, meanSquare);
      const root = add(sqrt(next.maxMeanSquare ?? meanSquare), step.shared.eps as Value);
      const rate = mul(settings.learningRate, step.shared.factor as Value);
      const shrink = !coupled && settings.weightDecay > 0;
      const base = shrink ? mul(step.value, sub(1, mul(settings.learningRate, settings.weightDecay))) : step.value;
      return { value: sub(base, mul(div(mean, root), rate)), slots: next };
    },
  };
}

/** 1 − beta^t, without the cancellation of float32: with T = tanh(−t · ln beta / 2) it is 2 T / (1 + T). */
function biasCorrection(count: Value, beta: number): Value {
  if (beta === 0) return full(count, [], 1);
  const half = tanh(mul(count, -Math.log(beta) / 2));
  return div(mul(half, 2), add(half, 1));
}

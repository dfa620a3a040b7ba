/** What every optimizer has in common: checked settings, weight decay and the learning rate of a parameter. */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { add, mul } from '../../nn/functional.ts';
import type { ParameterStep } from '../../program/optimizer-rule.ts';
import type { ParameterGroups } from './groups.ts';

export interface CommonOptions {
  /** Times the weight; see the optimizer for what becomes of it. */
  readonly weightDecay?: number;
  /** Settings that differ between parameters; default none. */
  readonly groups?: ParameterGroups;
}

/** @throws usage unless the value is finite and 0 or more */
export function checkNotNegative(optimizer: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value >= 0 && Number.isFinite(value)) continue;
    throw new OcelliError('usage', `${optimizer}: ${name} is a number from 0, ${value} came`);
  }
}

/** @throws usage unless the value is from 0 up to and without 1 */
export function checkShare(optimizer: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value >= 0 && value < 1) continue;
    throw new OcelliError('usage', `${optimizer}: ${name} is from 0 up to and without 1, ${value} came`);
  }
}

export interface ResolvedSettings {
  readonly weightDecay: number;
  /** A float32 scalar. */
  readonly learningRate: Value;
}

/** The settings of one parameter. @throws usage for wrong ones, naming the parameter */
export function settingsOf(
  optimizer: string,
  { path, parameter, scalars }: ParameterStep,
  options: CommonOptions,
): ResolvedSettings {
  const own = options.groups?.(path, parameter) ?? {};
  const what = `${optimizer}: groups (${path})`;
  checkKeys(what, own, ['weightDecay', 'learningRateScale']);
  const { weightDecay = options.weightDecay ?? 0, learningRateScale = 1 } = own;
  checkNotNegative(what, { weightDecay, learningRateScale });
  const rate = scalars.learningRate as Value;
  return { weightDecay, learningRate: learningRateScale === 1 ? rate : mul(rate, learningRateScale) };
}

/** The gradient of loss + weightDecay / 2 · ‖w‖². */
export function decayed({ value, gradient }: ParameterStep, weightDecay: number): Value {
  return weightDecay > 0 ? add(gradient, mul(value, weightDecay)) : gradient;
}

/** The optimizer and the schedule of a recipe. */
import { OcelliError } from '../../base/errors.ts';
import type { AnyModule } from '../../nn/module.ts';
import type { OptimizerRule } from '../../program/optimizer-rule.ts';
import {
  adam,
  adamw,
  combineGroups,
  layerwiseDecay,
  noDecayForVectors,
  type ParameterGroups,
  rmsprop,
  rmspropTensorFlow,
  type Schedule,
  schedule,
  sgd,
} from '../../train/index.ts';
import type { Recipe } from './recipe.ts';

/** Peak rates for a batch of 64 where a recipe names none. */
const usualRates: { readonly [O in Recipe['optimizer']]: number } = {
  sgd: 0.05,
  rmsprop: 0.001,
  'rmsprop-tf': 0.01,
  adam: 0.001,
  adamw: 0.001,
};

/** The recipe's learning rate at its highest. */
export function peakRate({ lr, optimizer }: Pick<Recipe, 'lr' | 'optimizer'>): number {
  return lr ?? usualRates[optimizer];
}

/** What of a recipe makes its optimizer. */
export type OptimizerSettings = Pick<Recipe, 'optimizer' | 'momentum' | 'weightDecay' | 'decayNorms' | 'layerDecay'>;

/** @throws usage for settings out of range */
export function optimizerOf(recipe: OptimizerSettings, model: AnyModule): OptimizerRule {
  const { optimizer, momentum, weightDecay, decayNorms, layerDecay } = recipe;
  const groups: ParameterGroups[] = [];
  if (!decayNorms) groups.push(noDecayForVectors);
  if (layerDecay !== undefined) groups.push(layerwiseDecay(model, layerDecay));
  const common = { weightDecay, ...(groups.length > 0 ? { groups: combineGroups(...groups) } : {}) };
  switch (optimizer) {
    case 'sgd':
      return sgd({ ...common, momentum });
    case 'rmsprop':
      return rmsprop({ ...common, momentum });
    case 'rmsprop-tf':
      return rmspropTensorFlow({ ...common, momentum, eps: 1e-3 });
    case 'adam':
      return adam(common);
    case 'adamw':
      return adamw(common);
  }
}

/** @param updates of the whole run */
export function scheduleOf(recipe: Recipe, updates: number): Schedule {
  const learningRate = peakRate(recipe);
  const { epochs, warmup } = recipe;
  if (!(warmup >= 0 && warmup <= epochs)) {
    throw new OcelliError('usage', `warmup is a number of epochs from 0 to ${epochs}, ${warmup} came`);
  }
  const rising = Math.round((warmup / epochs) * updates);
  const steps = Math.max(1, updates - rising);
  const rise = rising > 0 ? { warmup: { steps: rising } } : {};
  switch (recipe.schedule) {
    case 'constant':
      return schedule({ kind: 'constant', learningRate, ...rise });
    case 'cosine':
      return schedule({ kind: 'cosine', learningRate, steps, ...rise });
    case 'step':
      return schedule({ kind: 'step', learningRate, every: Math.max(1, Math.ceil(steps / 3)), ...rise });
    case 'exponential':
      // EfficientNet's: 0.97 every 2.4 epochs.
      return schedule({ kind: 'step', learningRate, every: (2.4 * updates) / epochs, factor: 0.97, ...rise });
    case 'polynomial':
      return schedule({ kind: 'polynomial', learningRate, steps, ...rise });
    case 'one-cycle':
      return schedule({ kind: 'oneCycle', learningRate, steps: updates });
  }
}

/** A training as plain data: what flags and a config file say, with defaults in place. Kept in the run's folder as `recipe.json`. */
import { readFile } from 'node:fs/promises';
import { checkKeys, messageOf, OcelliError } from '../../base/errors.ts';
import type { BatchTransform, Transform } from '../../transforms/index.ts';

export const optimizerNames = ['sgd', 'rmsprop', 'rmsprop-tf', 'adam', 'adamw'] as const;
export const scheduleNames = ['constant', 'cosine', 'step', 'exponential', 'polynomial', 'one-cycle'] as const;
export const augmentNames = ['none', 'flip', 'standard', 'trivial', 'rand', 'auto', 'augmix'] as const;

export interface Recipe {
  /** `shapes`, `mnist`, `fashion-mnist`, `cifar10`, `cifar100`, a folder of class folders, or an archive of one. */
  readonly data: string;
  /** Where the files of a named data set are; without it they are downloaded. */
  readonly dataFolder?: string;
  /** Tried after every epoch: a share of the training data, `test` for the set's own test part, a folder, or 0 for none. */
  readonly validation: string;
  readonly model: string;
  /** What to start from: an entry's name, a file or an address. */
  readonly weights?: string;
  /** Whether the head is made anew for the data's classes. */
  readonly finetune: boolean;
  /** Epochs that train the head alone. */
  readonly freezeEpochs?: number;
  /** Height and width of the network's pictures. */
  readonly size?: number;
  readonly augment: (typeof augmentNames)[number];
  /** In place of what `augment` and `size` make. */
  readonly transforms?: readonly Transform[];
  readonly evaluationTransforms?: readonly Transform[];
  readonly mix?: readonly BatchTransform[];
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  readonly erasing?: number;
  readonly epochs: number;
  readonly batch: number;
  readonly optimizer: (typeof optimizerNames)[number];
  readonly lr?: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Whether norms and biases are decayed too. */
  readonly decayNorms: boolean;
  /** Learning rates shrink by this factor from layer to layer towards the input. */
  readonly layerDecay?: number;
  readonly schedule: (typeof scheduleNames)[number];
  /** Epochs of rising learning rate at the start. */
  readonly warmup: number;
  readonly labelSmoothing: number;
  readonly dropout?: number;
  readonly stochasticDepth?: number;
  readonly ema?: number;
  readonly clip?: number;
  readonly accumulate: number;
  /** Whether activations are computed twice to save memory. */
  readonly recompute: boolean;
  readonly patience?: number;
  readonly seed: number;
  readonly checkpointSeconds: number;
  /** Threads that make batches. */
  readonly workers: number;
}

/** The settings that have a default. */
type Defaulted =
  | 'validation'
  | 'finetune'
  | 'augment'
  | 'epochs'
  | 'batch'
  | 'optimizer'
  | 'momentum'
  | 'weightDecay'
  | 'decayNorms'
  | 'schedule'
  | 'warmup'
  | 'labelSmoothing'
  | 'accumulate'
  | 'recompute'
  | 'seed'
  | 'checkpointSeconds'
  | 'workers';

export const defaults: Pick<Recipe, Defaulted> = {
  validation: '0.1',
  finetune: false,
  augment: 'standard',
  epochs: 10,
  batch: 64,
  optimizer: 'sgd',
  momentum: 0.9,
  weightDecay: 1e-4,
  decayNorms: false,
  schedule: 'cosine',
  warmup: 0,
  labelSmoothing: 0,
  accumulate: 1,
  recompute: false,
  seed: 0,
  checkpointSeconds: 60,
  workers: 1,
};

type Kind = 'string' | 'number' | 'boolean' | 'numbers' | 'list' | readonly string[];

const kinds: { readonly [K in keyof Required<Recipe>]: Kind } = {
  data: 'string',
  dataFolder: 'string',
  validation: 'string',
  model: 'string',
  weights: 'string',
  finetune: 'boolean',
  freezeEpochs: 'number',
  size: 'number',
  augment: augmentNames,
  transforms: 'list',
  evaluationTransforms: 'list',
  mix: 'list',
  mean: 'numbers',
  std: 'numbers',
  erasing: 'number',
  epochs: 'number',
  batch: 'number',
  optimizer: optimizerNames,
  lr: 'number',
  momentum: 'number',
  weightDecay: 'number',
  decayNorms: 'boolean',
  layerDecay: 'number',
  schedule: scheduleNames,
  warmup: 'number',
  labelSmoothing: 'number',
  dropout: 'number',
  stochasticDepth: 'number',
  ema: 'number',
  clip: 'number',
  accumulate: 'number',
  recompute: 'boolean',
  patience: 'number',
  seed: 'number',
  checkpointSeconds: 'number',
  workers: 'number',
};

export const recipeKeys = Object.keys(kinds) as readonly (keyof Recipe)[];

/** The recipe of flags over those of a file over defaults. @throws usage naming what is missing or makes no sense */
export function recipeOf(flags: Readonly<Record<string, unknown>>, file: Partial<Recipe> = {}): Recipe {
  const given = Object.fromEntries(recipeKeys.flatMap((key) => (flags[key] === undefined ? [] : [[key, flags[key]]])));
  const recipe = { ...defaults, ...file, ...given };
  if (!('data' in recipe)) throw new OcelliError('usage', 'name the data: --data shapes, fashion-mnist, cifar10 or a folder');
  if (!('model' in recipe)) throw new OcelliError('usage', 'name the model: --model efficientnet_b0; `ocelli models` lists them');
  return recipe as Recipe;
}

/** Reads a recipe from JSON. @throws io, and usage naming the key at fault */
export async function readRecipe(path: string): Promise<Partial<Recipe>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new OcelliError('io', `cannot read ${path} (${messageOf(error)})`, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new OcelliError('usage', `${path} is no JSON (${messageOf(error)})`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new OcelliError('usage', `${path} must hold an object such as { "data": "shapes", "model": "resnet18" }`);
  }
  checkKeys(path, value, recipeKeys);
  // A share is a number to whoever writes JSON.
  const recipe =
    'validation' in value && typeof value.validation === 'number' ? { ...value, validation: `${value.validation}` } : value;
  for (const [key, item] of Object.entries(recipe)) check(path, key, item, kinds[key as keyof Recipe]);
  return recipe as Partial<Recipe>;
}

function check(path: string, key: string, value: unknown, kind: Kind): void {
  const fits =
    kind === 'numbers'
      ? Array.isArray(value) && value.every((item) => typeof item === 'number')
      : kind === 'list'
        ? Array.isArray(value)
        : typeof kind === 'string'
          ? typeof value === kind
          : kind.includes(String(value));
  const wanted = typeof kind === 'string' ? `a ${kind}` : `one of ${kind.join(', ')}`;
  if (!fits) throw new OcelliError('usage', `${path}: "${key}" must be ${wanted}, ${JSON.stringify(value)} came`);
}

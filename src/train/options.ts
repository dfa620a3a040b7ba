/** What `train` takes, with its defaults, and what it refuses. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import type { Value } from '../compiler/ir/graph.ts';
import type { Dataset } from '../data/dataset.ts';
import { type AnyModule, moduleAt } from '../nn/module.ts';
import { headsOf } from '../nn/surgery.ts';
import type { LogitsLoss } from '../nn/training-loss.ts';
import type { Platform } from '../platform/platform.ts';
import type { OptimizerRule } from '../program/optimizer-rule.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { BatchTransform, Transform } from '../transforms/index.ts';
import type { Which } from './run/checkpoints.ts';
import { type Schedule, schedule } from './schedules/schedule.ts';

export interface TrainingData {
  readonly train: Dataset;
  /** Tried after every epoch. */
  readonly validation?: Dataset;
  /** Make a training sample's tensor, augmentations among them. */
  readonly transforms: readonly Transform[];
  /** Make a validation sample's tensor; default `transforms`. */
  readonly evaluationTransforms?: readonly Transform[];
  /** Mixing of whole batches; one of them is drawn for each batch. Targets become soft. */
  readonly mix?: readonly BatchTransform[];
}

export interface TrainOptions {
  readonly runtime: Runtime;
  readonly platform: Platform;
  readonly data: TrainingData;
  readonly epochs: number;
  /** Pictures in a step; default 32. A short last batch is left out, for the step is made for one size. */
  readonly batchSize?: number;
  readonly optimizer: OptimizerRule;
  /** A number for every step, or a schedule over updates; see `schedules`. */
  readonly learningRate: number | Schedule;
  /**
   * Of logits [N, classes] and targets, int64 [N], with `mix` float32 [N, classes]; default what the model takes, for most models
   * cross-entropy. A model with a `trainingLoss` of its own, such as one with auxiliary heads, makes it a part of that.
   */
  readonly loss?: LogitsLoss;
  /** Key of first weights, order, augmentation and dropout; default 0. */
  readonly seed?: number;
  /** Gradients whose norm, all together, is above this are scaled down to it. Default: none are. */
  readonly clipNorm?: number;
  /** Steps whose gradients make one update; default 1. */
  readonly accumulate?: number;
  /** Keeps averages of the weights, which validation and the result then take. Default: none. */
  readonly ema?: { readonly decay: number };
  /**
   * Trains the head alone, for the first `epochs` or, without that, for all. `head` is its path; default the last layer, and with it
   * the model's auxiliary heads.
   */
  readonly freeze?: { readonly epochs?: number; readonly head?: string };
  /** Ends the run when validation has not got better for so many epochs. Default: never. */
  readonly patience?: number;
  /** Folder for checkpoints, log and report. Default: none are written. */
  readonly folder?: string;
  /** Goes on from the folder's checkpoint; `true` is 'latest'. A folder without one begins anew. Default false. */
  readonly resume?: boolean | Which;
  /** Seconds between checkpoints inside an epoch; default 60. There is one after every epoch. */
  readonly checkpointSeconds?: number;
  /** The title of the report; default "Training". */
  readonly title?: string;
  /** Further settings for the report, such as a model's name. */
  readonly notes?: Readonly<Record<string, string>>;
  /** Threads that make batches, the same ones for any number; default 0, which makes them between other work. */
  readonly workers?: number;
  /** Keeps few activations for the backward run and computes the others again: less memory, more time. Default false. */
  readonly recompute?: boolean;
  /** Only operators of the ONNX standard; default false. */
  readonly portable?: boolean;
  /** Stops after the step that runs, with a checkpoint where there is a folder. */
  readonly signal?: AbortSignal;
}

const optionKeys = [
  ...[
    'runtime',
    'platform',
    'data',
    'epochs',
    'batchSize',
    'optimizer',
    'learningRate',
    'loss',
    'seed',
    'clipNorm',
    'accumulate',
  ],
  ...[
    'ema',
    'freeze',
    'patience',
    'folder',
    'resume',
    'checkpointSeconds',
    'title',
    'notes',
    'workers',
    'recompute',
    'portable',
    'signal',
  ],
];
const dataKeys = ['train', 'validation', 'transforms', 'evaluationTransforms', 'mix'];

/** The options with defaults in place. */
export type Settings = TrainOptions & {
  readonly batchSize: number;
  readonly seed: number;
  readonly accumulate: number;
  readonly checkpointSeconds: number;
  readonly scheduled: Schedule;
  readonly evaluationTransforms: readonly Transform[];
  /** The paths of the parts that are never frozen. */
  readonly heads: readonly string[];
  /** The first epoch, from 0, that trains all. */
  readonly thawAt: number;
};

function whole(what: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new OcelliError('usage', `train: ${what} is a whole number from ${least}, ${String(value)} came`);
}

/** A model that gives one value: logits [N, classes] of pictures [N, C, H, W]. */
export type Trainable = { call(...inputs: readonly Value[]): Value } & AnyModule;

/** @throws usage naming what makes no sense */
export function settingsOf(model: Trainable, options: TrainOptions): Settings {
  checkKeys('train', options, optionKeys);
  const { data, epochs, batchSize = 32, learningRate, seed = 0, accumulate = 1, freeze, patience } = options;
  checkKeys('train: data', data, dataKeys);
  whole('epochs', epochs, 1);
  whole('batchSize', batchSize, 1);
  whole('accumulate', accumulate, 1);
  if (patience !== undefined) whole('patience', patience, 1);
  if (patience !== undefined && !data.validation) throw new OcelliError('usage', 'train: patience needs validation data');
  if (options.resume && !options.folder) throw new OcelliError('usage', 'train: resume needs the folder of the run');
  if (data.train.length < batchSize) {
    throw new OcelliError(
      'usage',
      `train: ${data.train.name} has ${data.train.length} samples, fewer than a batch of ${batchSize}; set batchSize`,
    );
  }
  if (data.validation && data.validation.classes.join('\n') !== data.train.classes.join('\n')) {
    throw new OcelliError('usage', 'train: training and validation data have different classes');
  }
  const heads = !freeze ? [] : freeze.head === undefined ? headsOf(model) : [freeze.head];
  if (freeze) {
    checkKeys('train: freeze', freeze, ['epochs', 'head']);
    if (freeze.epochs !== undefined) whole('freeze.epochs', freeze.epochs, 0);
    for (const head of heads) moduleAt(model, head);
  }
  return {
    ...options,
    batchSize,
    seed,
    accumulate,
    checkpointSeconds: options.checkpointSeconds ?? 60,
    scheduled: typeof learningRate === 'number' ? schedule({ kind: 'constant', learningRate }) : learningRate,
    evaluationTransforms: data.evaluationTransforms ?? data.transforms,
    heads,
    thawAt: freeze ? (freeze.epochs ?? epochs) : 0,
  };
}

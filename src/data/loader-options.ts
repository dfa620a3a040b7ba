/** What a loader can be asked for. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { BatchTransform, Transform } from '../transforms/index.ts';
import type { MakerSettings } from './batch-maker.ts';

export interface LoaderOptions {
  /** Samples in a batch. */
  readonly batchSize: number;
  /** What becomes of each picture, with random draws of its own; default [{ kind: 'toTensor' }]. */
  readonly transforms?: readonly Transform[];
  /** Mixing of whole batches; one of the list is drawn for each batch. Batches get soft `targets`. Default none. */
  readonly mix?: readonly BatchTransform[];
  /** Key of the order and of every random choice. Default 0. */
  readonly seed?: number;
  /** Another order each epoch, a function of seed and epoch alone. Default false. Streams come in their own order. */
  readonly shuffle?: boolean;
  /** What becomes of a last batch that is not full. Default 'keep'. */
  readonly lastBatch?: 'keep' | 'drop';
  /** Batches made ahead of the one in use. Default 2, or 2 for each worker. */
  readonly prefetch?: number;
  /**
   * Threads that make batches, which are the same for any number of them. Default 0, which makes them in this thread between
   * its other work, as does a platform without threads. Samples of streams and of data sets that are not portable come from
   * this thread; their transforms run in the workers.
   */
  readonly workers?: number;
  /** Where threads come from; needed for workers. */
  readonly platform?: Platform;
}

/** The options with their defaults. */
export type LoaderSettings = Required<Omit<LoaderOptions, 'platform'>>;

const optionKeys: readonly string[] = [
  'batchSize',
  'transforms',
  'mix',
  'seed',
  'shuffle',
  'lastBatch',
  'prefetch',
  'workers',
  'platform',
];

/** @throws usage for a value that is no whole number from `least` to `most` */
export function checkWhole(what: string, value: number, least: number, most: number = 2 ** 31): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new OcelliError('usage', `${what} must be a whole number from ${least} to ${most}, ${String(value)} came`);
}

/** @throws usage naming the option that makes no sense */
export function checkLoader(options: LoaderOptions): LoaderSettings {
  checkKeys('loader', options, optionKeys);
  const { batchSize, seed = 0, shuffle = false, lastBatch = 'keep', workers = 0, mix = [] } = options;
  const { transforms = [{ kind: 'toTensor' }], prefetch = 2 * Math.max(1, workers) } = options;
  checkWhole('loader: batchSize', batchSize, 1);
  checkWhole('loader: workers', workers, 0, 256);
  checkWhole('loader: prefetch', prefetch, 1);
  if (!Number.isInteger(seed)) throw new OcelliError('usage', `loader: seed must be a whole number, ${String(seed)} came`);
  if (workers > 0 && !options.platform) {
    throw new OcelliError('usage', 'loader: workers need `platform`, which starts them');
  }
  if (lastBatch !== 'keep' && lastBatch !== 'drop') {
    throw new OcelliError('usage', `loader: lastBatch must be keep or drop, ${String(lastBatch)} came`);
  }
  return { batchSize, transforms, mix, seed, shuffle, lastBatch, prefetch, workers };
}

export function makerSettings({ seed, transforms, mix }: LoaderSettings): MakerSettings {
  return { seed, transforms, mix };
}

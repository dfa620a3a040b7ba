/** Parts of data sets: stratified splits and few samples of each class, by seed. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import { randomBits, streamKey } from '../base/random.ts';
import type { ClipSample, Dataset, Sample } from './dataset.ts';
import { shuffleInPlace } from './order.ts';
import { subset } from './subset.ts';

/** The indices of each class' samples, shuffled by seed. */
function shuffledByClass(dataset: Dataset<Sample | ClipSample>, key: number): Uint32Array[] {
  const counts = new Uint32Array(dataset.classes.length);
  const labels = Uint32Array.from({ length: dataset.length }, (_, i) => dataset.label(i));
  for (const label of labels) counts[label] = (counts[label] as number) + 1;
  const groups = Array.from(counts, (count) => new Uint32Array(count));
  counts.fill(0);
  for (const [index, label] of labels.entries()) {
    const group = groups[label] as Uint32Array;
    const at = counts[label] as number;
    group[at] = index;
    counts[label] = at + 1;
  }
  return groups.map((group, label) => shuffleInPlace(group, randomBits(key, label)));
}

/** Concatenated, in the data set's order. */
function inOrderOf(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.sort();
}

export interface SplitOptions {
  /** The part that is held back, between 0 and 1. */
  readonly fraction: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * Divides a data set into a part to train on and one to validate with, every class in the same proportion: of each class'
 * n samples, round(n * fraction) are held back (so none of a class of few). Both keep the data set's order.
 * @throws usage for a fraction that is not between 0 and 1
 *
 * @example
 * const { train, validation } = stratifiedSplit(await fashionMnist({ platform }), { fraction: 0.1, seed: 1 });
 */
export function stratifiedSplit<S extends Sample | ClipSample>(
  dataset: Dataset<S>,
  options: SplitOptions,
): { readonly train: Dataset<S>; readonly validation: Dataset<S> } {
  checkKeys('stratifiedSplit', options, ['fraction', 'seed']);
  const { fraction, seed = 0 } = options;
  if (!(fraction > 0 && fraction < 1)) {
    throw new OcelliError('usage', `stratifiedSplit: fraction must lie between 0 and 1, ${String(fraction)} came`);
  }
  const groups = shuffledByClass(dataset, streamKey(seed, 'split'));
  const held = groups.map((group) => Math.round(group.length * fraction));
  const validation = inOrderOf(groups.map((group, label) => group.subarray(0, held[label])));
  const train = inOrderOf(groups.map((group, label) => group.subarray(held[label])));
  return {
    train: subset(dataset, train, `${dataset.name}, part to train on`),
    validation: subset(dataset, validation, `${dataset.name}, part to validate with`),
  };
}

export interface FewShotOptions {
  /** Samples of each class. */
  readonly perClass: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * So many samples of every class, in the data set's order. More of the same seed contain the fewer.
 * @throws usage when a class has fewer
 */
export function fewShot<S extends Sample | ClipSample>(dataset: Dataset<S>, options: FewShotOptions): Dataset<S> {
  checkKeys('fewShot', options, ['perClass', 'seed']);
  const { perClass, seed = 0 } = options;
  if (!Number.isInteger(perClass) || perClass < 1) {
    throw new OcelliError('usage', `fewShot: perClass must be a whole number from 1, ${String(perClass)} came`);
  }
  const groups = shuffledByClass(dataset, streamKey(seed, 'few shot'));
  const short = groups.findIndex((group) => group.length < perClass);
  if (short >= 0) {
    const count = groups[short]?.length;
    throw new OcelliError(
      'usage',
      `fewShot: ${dataset.name} has ${count} samples of ${dataset.classes[short]}, ${perClass} are asked for`,
    );
  }
  const chosen = inOrderOf(groups.map((group) => group.subarray(0, perClass)));
  return subset(dataset, chosen, `${dataset.name}, ${perClass} of each class`);
}

/** How far a run is: everything but tensors that it needs to go on as if it had never stopped. Plain JSON. */

/** Losses, right answers and samples of a part of an epoch. */
export interface Sums {
  readonly loss: number;
  readonly right: number;
  readonly count: number;
}

export const noSums: Sums = { loss: 0, right: 0, count: 0 };

/** One finished epoch. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Steps of the run so far. */
  readonly step: number;
  /** Of the epoch's last step. */
  readonly learningRate: number;
  /** Means over the epoch, taken while the weights moved. */
  readonly train: { readonly loss: number; readonly top1: number };
  /** After the epoch, of the averaged weights where the run keeps averages. */
  readonly validation?: { readonly loss: number; readonly top1: number; readonly top5: number };
  readonly seconds: number;
}

export interface Progress {
  /** Steps taken. */
  readonly step: number;
  /** The epoch that goes on, from 0, and how many of its batches are done. */
  readonly epoch: number;
  readonly batch: number;
  /** Of the epoch that goes on. */
  readonly sums: Sums;
  readonly seconds: number;
  readonly history: readonly EpochRecord[];
  /** Losses of single steps for the report: [how far in epochs, loss], at most some hundreds. */
  readonly losses: readonly (readonly [number, number])[];
  /** The best epoch so far, by validation where there is one. */
  readonly best?: { readonly epoch: number; readonly top1: number };
}

export const noProgress: Progress = { step: 0, epoch: 0, batch: 0, sums: noSums, seconds: 0, history: [], losses: [] };

/** Keeps about `most` points of a growing list: when it is full, every other one goes. */
export function thinned<T>(points: readonly T[], most = 600): readonly T[] {
  return points.length <= most ? points : points.filter((_, i) => i % 2 === 0);
}

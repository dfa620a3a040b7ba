/** The cases of cases.json beside what goldens.py wrote of them. */
import { readFileSync } from 'node:fs';
import type { ScheduleOptions } from '../../src/train/index.ts';

export interface LossCase {
  readonly name: string;
  readonly loss: 'crossEntropy' | 'binaryCrossEntropy' | 'mse' | 'marginLoss';
  /** The shape of the model's output. */
  readonly output: readonly number[];
  /** Of its values; default -3 to 3. */
  readonly range?: readonly [number, number];
  /** Class targets; without them the target is like the output, from 0 to 1. */
  readonly classes?: readonly number[];
  readonly options?: object;
}

export interface OptimizerCase {
  readonly name: string;
  readonly optimizer: 'sgd' | 'rmsprop' | 'rmspropTensorFlow' | 'adam' | 'adamw';
  readonly options?: object;
  /** No decay for the bias, half the learning rate for the weight. */
  readonly groups?: boolean;
  readonly clipNorm?: number;
  readonly accumulate?: number;
  readonly ema?: number;
}

export interface ScheduleCase {
  readonly options: ScheduleOptions;
  readonly torch: string;
}

interface Cases {
  readonly losses: readonly LossCase[];
  readonly optimizers: readonly OptimizerCase[];
  readonly schedules: readonly ScheduleCase[];
}

export interface Goldens {
  readonly losses: readonly { readonly loss: number; readonly gradient: readonly number[] }[];
  readonly optimizers: readonly {
    readonly state: Readonly<Record<string, readonly number[]>>;
    readonly norms: readonly number[];
  }[];
  /** Learning rates of steps 0, 1, ... */
  readonly schedules: readonly (readonly number[])[];
}

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));

export const cases = read('cases.json') as Cases;
export const goldens = read('torch.golden.json') as Goldens;

/** Pairs of [what it is called, case, golden], for `it.each`. */
export function paired<C, G>(all: readonly C[], golden: readonly G[], name: (one: C) => string): [string, C, G][] {
  return all.map((one, i) => [name(one), one, golden[i] as G]);
}

/** The largest difference, in units of the largest expected magnitude. */
export function errorOf(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const scale = Math.max(...expected.map(Math.abs), 1e-30);
  const worst = Math.max(...expected.map((value, i) => Math.abs((actual[i] as number) - value)));
  return Number.isNaN(worst) ? Number.POSITIVE_INFINITY : worst / scale;
}

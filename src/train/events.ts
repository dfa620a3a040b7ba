/** What a run tells while it goes on. */

import type { MemoryEstimate } from '../program/memory-estimate.ts';
import type { Metrics } from './metrics.ts';
import type { Mistake } from './report/page.ts';
import type { EpochRecord } from './run/progress.ts';

/** The run begins, or goes on. */
export interface StartEvent {
  readonly type: 'start';
  /** Steps taken before, when a run goes on; 0 for a new one. */
  readonly step: number;
  /** Of the whole run. */
  readonly steps: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  /** Elements of the parameters that are trained. */
  readonly trainedParameters: number;
  /** Bytes that a step takes, by estimate. */
  readonly memory: MemoryEstimate;
  readonly trainSamples: number;
  readonly validationSamples: number;
  readonly classes: readonly string[];
}

/** One step was taken. */
export interface StepEvent {
  readonly type: 'step';
  readonly step: number;
  readonly steps: number;
  /** From 1. */
  readonly epoch: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Before clipping, where gradients are clipped. */
  readonly gradientNorm?: number;
  /** Of the last steps. */
  readonly picturesPerSecond: number;
  /** Share of this run's time, from 0 to 1, that training waited for batches. */
  readonly waiting: number;
  /** Until the end of the last epoch, validation included; undefined before it can be told. */
  readonly secondsLeft: number | undefined;
}

/** The weights are being tried on the validation set. */
export interface ValidationEvent {
  readonly type: 'validation';
  readonly done: number;
  readonly count: number;
}

/** An epoch is over. */
export interface EpochEvent extends EpochRecord {
  readonly type: 'epoch';
  readonly epochs: number;
  /** Whether it is the best so far. */
  readonly best: boolean;
}

/** A checkpoint lies in the run's folder. */
export interface CheckpointEvent {
  readonly type: 'checkpoint';
  readonly step: number;
}

/** The run is over. The model holds the last weights, averaged ones where the run keeps averages. */
export interface EndEvent {
  readonly type: 'end';
  readonly step: number;
  /** Whether validation had stopped getting better before all epochs were done. */
  readonly early: boolean;
  readonly history: readonly EpochRecord[];
  readonly best?: { readonly epoch: number; readonly top1: number };
  /** Of the last weights on the validation set. */
  readonly validation?: Metrics;
  /** The wrong answers it was surest of. */
  readonly mistakes: readonly Mistake[];
  /** Seconds of all parts of the run. */
  readonly seconds: number;
  /** Share of this part's time that training waited for batches. */
  readonly waiting: number;
}

export type TrainEvent = StartEvent | StepEvent | ValidationEvent | EpochEvent | CheckpointEvent | EndEvent;

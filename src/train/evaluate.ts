/** Trying a model on a labelled data set. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import type { Dataset } from '../data/dataset.ts';
import { createLoader } from '../data/loader.ts';
import type { Platform } from '../platform/platform.ts';
import { compile } from '../program/compile.ts';
import type { Model } from '../program/inference-graph.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Transform } from '../transforms/index.ts';
import { type Metrics, MetricsCounter } from './metrics.ts';
import type { Mistake } from './report/page.ts';

export interface EvaluateOptions {
  readonly runtime: Runtime;
  readonly platform: Platform;
  /** Make a sample's tensor; all samples must become of one size. */
  readonly transforms: readonly Transform[];
  /** Pictures in a run; default 64. */
  readonly batchSize?: number;
  /** How many of the wrong answers that the model is surest of to give back as pictures; default 0. */
  readonly mistakes?: number;
  /** Threads that make batches; default 0, which makes them between other work. */
  readonly workers?: number;
  readonly onProgress?: (done: number, count: number) => void;
  readonly signal?: AbortSignal;
}

export interface Evaluation {
  readonly metrics: Metrics;
  readonly mistakes: readonly Mistake[];
}

const optionKeys = ['runtime', 'platform', 'transforms', 'batchSize', 'mistakes', 'workers', 'onProgress', 'signal'];

interface Wrong {
  readonly index: number;
  readonly answer: number;
  readonly score: number;
}

/**
 * Runs a classifier over a data set and counts.
 * @throws usage for an empty data set
 * @throws shape when the model does not take such pictures or gives another number of classes than the data set has
 */
export async function evaluate(model: Model, dataset: Dataset, options: EvaluateOptions): Promise<Evaluation> {
  checkKeys('evaluate', options, optionKeys);
  const { runtime, platform, transforms, batchSize = 64, mistakes = 0, workers = 0, onProgress, signal } = options;
  if (dataset.length === 0) throw new OcelliError('usage', `${dataset.name} has no samples to evaluate on`);
  const loader = createLoader(dataset, { batchSize, transforms, platform, workers });
  const counter = new MetricsCounter(dataset.classes.length, model.outputKind());
  const wrong: Wrong[] = [];
  let program: Awaited<ReturnType<typeof compile>> | undefined;
  let done = 0;
  try {
    for await (const batch of loader.epoch(0, signal ? { signal } : {})) {
      const { images } = batch;
      program ??= await compile(model, {
        runtime,
        inputs: { input: { dtype: 'float32', shape: ['N', ...images.shape.slice(1)] } },
        output: 'logits',
        maxBatch: batchSize,
      });
      const labels = Array.from(batch.labels.data, Number);
      const { logits } = await program.run({ input: images }, signal ? { signal } : {});
      const values = logitsOf(logits, labels.length, dataset.classes.length);
      labels.forEach((label, i) => {
        const offset = i * dataset.classes.length;
        const { answer, score } = counter.add(values, offset, label);
        if (answer === label) return;
        keepSurest(wrong, { index: batch.indices[i] as number, answer, score }, mistakes);
      });
      done += labels.length;
      batch.recycle();
      onProgress?.(done, dataset.length);
    }
  } finally {
    await program?.dispose();
    await loader.dispose();
  }
  return { metrics: counter.metrics, mistakes: await Promise.all(wrong.map((one) => pictured(one, dataset))) };
}

/** @throws shape when the model's output is not [count, classes] */
export function logitsOf(
  output: { readonly shape: readonly number[]; readonly data: unknown } | undefined,
  count: number,
  classes: number,
): Float32Array {
  if (output?.data instanceof Float32Array && output.shape.join() === `${count},${classes}`) return output.data;
  throw new OcelliError(
    'shape',
    `the model gives [${output?.shape.join(', ')}], the data set has ${classes} classes; build it with numClasses: ${classes}`,
  );
}

/** Puts a wrong answer into the list, which keeps the `most` surest ones, surest first. */
function keepSurest(list: Wrong[], one: Wrong, most: number): void {
  const at = list.findIndex(({ score }) => score < one.score);
  list.splice(at < 0 ? list.length : at, 0, one);
  if (list.length > most) list.pop();
}

async function pictured({ index, answer, score }: Wrong, dataset: Dataset): Promise<Mistake> {
  const { picture, label } = await dataset.get(index);
  return {
    picture,
    name: dataset.describe(index),
    truth: dataset.classes[label] as string,
    answer: dataset.classes[answer] as string,
    score,
  };
}

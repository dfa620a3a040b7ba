/** The model that a command's flags choose: by name and weights, or from the folder of a training, with its preprocessing. */
import { OcelliError } from '../base/errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Classifier } from '../tasks/classifier.ts';
import { load } from '../tasks/classify.ts';
import type { ClassificationPreset } from '../transforms/preset.ts';
import type { Context } from './context.ts';
import { withProgress } from './progress.ts';
import { readRunClassifier } from './training/run-classifier.ts';

export interface ModelFlags extends Omit<Partial<ClassificationPreset>, 'kind'> {
  readonly model?: string;
  readonly run?: string;
  readonly weights?: string;
  readonly numClasses?: number;
}

export interface ChosenModel {
  readonly model: string;
  /** Undefined is the model's default entry. */
  readonly weights: string | undefined;
  readonly numClasses: number | undefined;
  /** Class names of the training. */
  readonly classes: readonly string[] | undefined;
  /** The parts of the preprocessing that are set. */
  readonly preset: Partial<ClassificationPreset>;
}

/** @throws usage when no model is named */
export async function chooseModel(flags: ModelFlags, platform: Platform): Promise<ChosenModel> {
  const run = flags.run === undefined ? undefined : await readRunClassifier(flags.run, platform);
  const model = flags.model ?? run?.model;
  if (model === undefined) {
    throw new OcelliError('usage', 'name the model, --model NAME (`ocelli models` lists them), or a training, --run FOLDER');
  }
  const weights = flags.weights ?? run?.weights;
  return {
    model,
    weights: weights?.toLowerCase() === 'none' ? 'none' : weights,
    numClasses: flags.numClasses ?? run?.classes.length,
    classes: run?.classes,
    preset: { ...run?.preset, ...presetOf(flags) } as Partial<ClassificationPreset>,
  };
}

function presetOf({ resize, crop, interpolation, mean, std, range, channels }: ModelFlags): Partial<ClassificationPreset> {
  const given = { resize, crop, interpolation, mean, std, range, channels };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

export interface OpenOptions {
  readonly runtime: Runtime;
  /** Pictures that run at a time. */
  readonly batch: number;
  readonly labels?: readonly string[] | undefined;
}

/** Loads it, with the progress of a download on standard error. */
export async function openChosen(
  chosen: ChosenModel,
  { runtime, batch, labels }: OpenOptions,
  context: Context,
): Promise<Classifier> {
  const { model, weights, numClasses, preset } = chosen;
  const platform = await context.platform();
  return await withProgress(context, (onProgress) =>
    load(model, {
      platform,
      runtime,
      onProgress,
      signal: context.signal,
      preset,
      maxBatch: batch,
      ...(weights === undefined ? {} : { weights }),
      ...(numClasses === undefined ? {} : { numClasses }),
      ...(labels ? { labels } : {}),
    }),
  );
}

/** A single picture runs here; several run in a worker thread, so that decoding and Ctrl-C go on meanwhile. */
export async function startRuntime(worker: boolean): Promise<Runtime> {
  const { nodeRuntime } = await import('../runtime/ort-node.ts');
  return await nodeRuntime({ worker });
}

/** The verbs of the package with a platform and a back end bound in: what node.ts and web.ts both offer. */
import type { Dataset } from './data/dataset.ts';
import type { AnyModule } from './nn/module.ts';
import type { Platform } from './platform/platform.ts';
import { type ExportOptions, exportOnnx, writeOnnx } from './program/export-onnx.ts';
import type { Model } from './program/inference-graph.ts';
import type { Runtime } from './runtime/runtime.ts';
import type { Classifier } from './tasks/classifier.ts';
import { type LoadOptions, load } from './tasks/classify.ts';
import { type LoadedWeights, type LoadWeightsOptions, loadWeights, saveWeights } from './tasks/load-weights.ts';
import type { WeightsSource } from './tasks/weights-source.ts';
import type { EvaluateOptions, Evaluation } from './train/evaluate.ts';
import type { TrainEvent } from './train/events.ts';
import type { Trainable, TrainOptions } from './train/options.ts';

export interface BoundLoadOptions extends Omit<LoadOptions, 'platform' | 'runtime'> {
  /** Where it runs; default the platform's own back end, started once. */
  readonly runtime?: Runtime;
}

export interface BoundTrainOptions extends Omit<TrainOptions, 'platform' | 'runtime'> {
  /** Where it runs; default the platform's own back end, started once. */
  readonly runtime?: Runtime;
}

export interface BoundEvaluateOptions extends Omit<EvaluateOptions, 'platform' | 'runtime'> {
  /** Where it runs; default the platform's own back end, started once. */
  readonly runtime?: Runtime;
}

/** The verbs of a platform. */
export interface Bound {
  load(name: string, options?: BoundLoadOptions): Promise<Classifier>;
  loadWeights(model: AnyModule, weights: WeightsSource, options?: Omit<LoadWeightsOptions, 'platform'>): Promise<LoadedWeights>;
  saveWeights(model: AnyModule, file: string): Promise<void>;
  exportOnnx(model: Model, file: string, options?: Omit<ExportOptions, 'externalFile'>): Promise<void>;
  train(model: Trainable, options: BoundTrainOptions): AsyncGenerator<TrainEvent, void, undefined>;
  evaluate(model: Model, dataset: Dataset, options: BoundEvaluateOptions): Promise<Evaluation>;
}

/** Gives the back end that the first call started; one that could not start is tried again at the next call. */
export function startedOnce(start: () => Promise<Runtime>): () => Promise<Runtime> {
  let started: Promise<Runtime> | undefined;
  return () => {
    started ??= start().catch((error: unknown) => {
      started = undefined;
      throw error;
    });
    return started;
  };
}

/**
 * Training is loaded when it is first called: most programs only run what others trained.
 * @param runtime gives the back end when it is first needed
 * @param lasting the same for runs that last, where they have a back end of their own
 */
export function bind(platform: Platform, runtime: () => Promise<Runtime>, lasting: () => Promise<Runtime> = runtime): Bound {
  return {
    load: async (name, options = {}) => load(name, { ...options, platform, runtime: options.runtime ?? (await runtime()) }),
    loadWeights: (model, weights, options = {}) => loadWeights(model, weights, { ...options, platform }),
    saveWeights: (model, file) => saveWeights(model, file, { platform }),
    exportOnnx: async (model, file, options = {}) => {
      const at = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1;
      const onnx = exportOnnx(model, { ...options, externalFile: `${file.slice(at)}.data` });
      const create = (name: string) => platform.files.create(file.slice(0, at) + name);
      await writeOnnx(onnx, await platform.files.create(file), create);
    },
    train: async function* (model, options) {
      const { train } = await import('./train/train.ts');
      yield* train(model, { ...options, platform, runtime: options.runtime ?? (await lasting()) });
    },
    evaluate: async (model, dataset, options) => {
      const { evaluate } = await import('./train/evaluate.ts');
      return evaluate(model, dataset, { ...options, platform, runtime: options.runtime ?? (await lasting()) });
    },
  };
}

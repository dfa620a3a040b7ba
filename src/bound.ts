/** The verbs of the package with a platform and a back end bound in: what node.ts and web.ts both offer. */
import type { AnyModule } from './nn/module.ts';
import type { Platform } from './platform/platform.ts';
import { type ExportOptions, exportOnnx, writeOnnx } from './program/export-onnx.ts';
import type { Model } from './program/inference-graph.ts';
import type { Runtime } from './runtime/runtime.ts';
import type { Classifier } from './tasks/classifier.ts';
import { type LoadOptions, load } from './tasks/classify.ts';
import { type LoadedWeights, type LoadWeightsOptions, loadWeights, saveWeights } from './tasks/load-weights.ts';
import type { WeightsSource } from './tasks/weights-source.ts';

export interface BoundLoadOptions extends Omit<LoadOptions, 'platform' | 'runtime'> {
  /** Where it runs; default the platform's own back end, started once. */
  readonly runtime?: Runtime;
}

/** The file-level functions of a platform. */
export interface Bound {
  load(name: string, options?: BoundLoadOptions): Promise<Classifier>;
  loadWeights(model: AnyModule, weights: WeightsSource, options?: Omit<LoadWeightsOptions, 'platform'>): Promise<LoadedWeights>;
  saveWeights(model: AnyModule, file: string): Promise<void>;
  exportOnnx(model: Model, file: string, options?: Omit<ExportOptions, 'externalFile'>): Promise<void>;
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

/** @param runtime gives the back end when it is first needed */
export function bind(platform: Platform, runtime: () => Promise<Runtime>): Bound {
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
  };
}

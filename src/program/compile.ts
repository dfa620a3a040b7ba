/** From a model to a program that runs: trace, passes, weights folded and baked in, ONNX, load. */
import { checkKeys, OcelliError, throwIfAborted } from '../base/errors.ts';
import type { Graph } from '../compiler/ir/graph.ts';
import { printGraph } from '../compiler/ir/print.ts';
import { emitOnnx } from '../compiler/onnx/emit.ts';
import type { ParameterValues } from '../compiler/passes/fold-batch-norm.ts';
import { stateDict } from '../nn/state-dict.ts';
import type { Runtime, Session } from '../runtime/runtime.ts';
import { type ProgramCache, programKey } from './cache.ts';
import { foldWeights, type InferenceGraphOptions, inferenceGraph, type Model } from './inference-graph.ts';
import { DEFAULT_MAX_BATCH, type Program, programOf } from './program.ts';

export interface CompileOptions extends InferenceGraphOptions {
  /** Where it runs. */
  readonly runtime: Runtime;
  /** Only operators of the ONNX standard; default false. */
  readonly portable?: boolean;
  /** Longer batches run in pieces of this many; default 32. */
  readonly maxBatch?: number;
  /**
   * Values by state-dict key, in place of the model's own: those of a checkpoint are read while the program is loaded, so
   * that the model itself needs no memory. Such a program is not kept in a cache.
   */
  readonly parameters?: ParameterValues;
  /** Keeps the loaded model for the next time it is compiled with the same weights. */
  readonly cache?: ProgramCache;
  readonly signal?: AbortSignal;
}

const optionKeys = [
  'runtime',
  'inputs',
  'output',
  'features',
  'embedding',
  'portable',
  'maxBatch',
  'parameters',
  'cache',
  'signal',
] as const;

/** The name under which weights stand outside the model's protobuf, in memory. */
const WEIGHTS_FILE = 'weights';

/**
 * Compiles a model for inference. Weights are the model's own at this moment; training it further does not change the
 * program. Parameters that have no values yet get their first ones.
 * @throws shape naming the operator and the module path when shapes do not fit
 * @throws runtime when the back end refuses the program
 */
export async function compile(model: Model, options: CompileOptions): Promise<Program> {
  checkKeys('compile', options, optionKeys);
  const { runtime, portable = false, maxBatch = DEFAULT_MAX_BATCH, parameters, cache, signal } = options;
  if (!Number.isInteger(maxBatch) || maxBatch < 1) {
    throw new OcelliError('usage', `compile: maxBatch must be a whole number of at least 1, ${maxBatch} came`);
  }
  throwIfAborted(signal, 'compiling');
  const graph = inferenceGraph(model, options);
  if (!cache || parameters) {
    const session = await loadGraph(model, graph, options);
    return programOf(session, maxBatch, () => session.dispose());
  }
  const key = programKey(printGraph(graph), stateDict(model).values(), runtime, `portable=${portable}`);
  // Others may wait for the same load, so no one's signal stops it.
  const { signal: _, ...shared } = options;
  const session = await cache.acquire(key, () => loadGraph(model, graph, shared));
  if (signal?.aborted) await cache.release(key);
  throwIfAborted(signal, 'compiling');
  return programOf(session, maxBatch, () => cache.release(key));
}

async function loadGraph(model: Model, graph: Graph, options: CompileOptions): Promise<Session> {
  const { runtime, portable = false, parameters, signal } = options;
  const folded = foldWeights(model, graph, parameters);
  const onnx = emitOnnx(folded.graph, {
    target: runtime.target,
    portable,
    parameters: folded.parameters,
    externalFile: WEIGHTS_FILE,
  });
  throwIfAborted(signal, 'compiling');
  return runtime.load(onnx, { optimize: true });
}

/** From a model to a program that runs: trace, passes, weights folded and baked in, ONNX, load. */
import { checkKeys, OcelliError, throwIfAborted } from '../base/errors.ts';
import type { Graph } from '../compiler/ir/graph.ts';
import { printGraph } from '../compiler/ir/print.ts';
import { emitOnnx } from '../compiler/onnx/emit.ts';
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
  /** Keeps the loaded model for the next time it is compiled with the same weights. */
  readonly cache?: ProgramCache;
  readonly signal?: AbortSignal;
}

const optionKeys = ['runtime', 'inputs', 'output', 'features', 'portable', 'maxBatch', 'cache', 'signal'] as const;

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
  const { runtime, portable = false, maxBatch = DEFAULT_MAX_BATCH, cache, signal } = options;
  if (!(maxBatch >= 1)) throw new OcelliError('usage', `compile: maxBatch must be at least 1, ${maxBatch} came`);
  throwIfAborted(signal, 'compiling');
  const graph = inferenceGraph(model, options);
  const load = (): Promise<Session> => loadGraph(model, graph, runtime, portable, signal);
  if (!cache) {
    const session = await load();
    return programOf(session, maxBatch, () => session.dispose());
  }
  const key = programKey(printGraph(graph), stateDict(model).values(), runtime, `portable=${portable}`);
  const session = await cache.acquire(key, load);
  return programOf(session, maxBatch, () => cache.release(key));
}

async function loadGraph(
  model: Model,
  graph: Graph,
  runtime: Runtime,
  portable: boolean,
  signal: AbortSignal | undefined,
): Promise<Session> {
  const folded = foldWeights(model, graph);
  const onnx = emitOnnx(folded.graph, {
    target: runtime.target,
    portable,
    parameters: folded.parameters,
    externalFile: WEIGHTS_FILE,
  });
  throwIfAborted(signal, 'compiling');
  return runtime.load(onnx, { optimize: true });
}

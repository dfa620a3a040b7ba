/** Turning a module into a graph. */
import type { Graph, Port, TensorType, Value } from '../compiler/ir/graph.ts';
import { embeddingFinder } from './embedding.ts';
import { type AnyModule, namedModules, namedParameters } from './module.ts';
import { isValue, type Mode, type ModelPaths, Trace, type Watch } from './trace-context.ts';

/** The paths of everything in a model. */
export function pathsOf(root: AnyModule): ModelPaths {
  return {
    modules: new Map([...namedModules(root)].map(([path, module]) => [module, path])),
    parameters: new Map([...namedParameters(root)].map(([path, parameter]) => [parameter, path])),
  };
}

export interface TraceOptions {
  /** Default 'inference'. */
  readonly mode?: Mode;
  /** Inputs by name, in the order `forward` takes them. */
  readonly inputs: Readonly<Record<string, TensorType>>;
  /** What the module is given in place of the inputs, as a graph function of them; default the inputs themselves. */
  readonly prepare?: (inputs: readonly Value[]) => readonly Value[];
  /** The name of the output when forward gives one value; default 'output'. A record's values go by their keys. */
  readonly output?: string;
  /** Module paths whose results become further outputs, under those paths as names. */
  readonly features?: readonly string[];
  /** One more output 'embedding' [N, features], of models that have one: the vector that the head is given. Default false. */
  readonly embedding?: boolean;
}

/** A module that `trace` takes. */
export type TraceableModule<In extends readonly Value[] = readonly Value[]> = {
  call(...inputs: In): Value | Readonly<Record<string, Value>>;
} & AnyModule;

/** What a module gave. */
export interface ModuleResult {
  readonly path: string;
  readonly value: Value;
}

/**
 * What every module that gives a single value gives in an inference run, in the order in which they end; of a module that runs several
 * times the last one. The model itself, path '', is the last.
 * @throws shape as `trace` does
 */
export function moduleResults(module: TraceableModule, { inputs }: Pick<TraceOptions, 'inputs'>): readonly ModuleResult[] {
  const results = new Map<string, ModuleResult>();
  const watch: Watch = (path, _given, value) => {
    results.delete(path);
    if (isValue(value)) results.set(path, { path, value });
  };
  const builder = new Trace(pathsOf(module), 'inference', [], watch);
  module.call(...Object.entries(inputs).map(([name, type]) => builder.input(name, type)));
  return [...results.values()];
}

/**
 * The graph of a module's forward run.
 * @throws shape naming the operator and the module path when shapes do not fit
 */
export function trace<In extends readonly Value[], Out extends Value | Readonly<Record<string, Value>>>(
  module: { call(...inputs: In): Out } & AnyModule,
  options: TraceOptions,
): Graph {
  const finder = options.embedding ? embeddingFinder(module) : undefined;
  const builder = new Trace(pathsOf(module), options.mode ?? 'inference', options.features, finder?.watch);
  const inputs = Object.entries(options.inputs).map(([name, type]) => builder.input(name, type));
  const given: readonly Value[] = options.prepare?.(inputs) ?? inputs;
  const result = module.call(...(given as In));
  const outputs: Port[] = isValue(result)
    ? [{ name: options.output ?? 'output', value: result }]
    : Object.entries(result as Readonly<Record<string, Value>>).map(([name, value]) => ({ name, value }));
  for (const [name, value] of builder.features) outputs.push({ name, value });
  const embedding = finder?.value();
  // One vector for each picture, and not for parts of pictures, can run in batches.
  if (embedding && embedding.type.shape[0] === inputs[0]?.type.shape[0]) outputs.push({ name: 'embedding', value: embedding });
  return builder.build(outputs);
}

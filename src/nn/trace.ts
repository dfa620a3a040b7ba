/** Turning a module into a graph. */
import type { Graph, Port, TensorType, Value } from '../compiler/ir/graph.ts';
import { type AnyModule, namedModules, namedParameters } from './module.ts';
import { isValue, type Mode, type ModelPaths, Trace } from './trace-context.ts';

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
}

/**
 * The graph of a module's forward run.
 * @throws shape naming the operator and the module path when shapes do not fit
 */
export function trace<In extends readonly Value[], Out extends Value | Readonly<Record<string, Value>>>(
  module: { call(...inputs: In): Out } & AnyModule,
  options: TraceOptions,
): Graph {
  const builder = new Trace(pathsOf(module), options.mode ?? 'inference', options.features);
  const inputs = Object.entries(options.inputs).map(([name, type]) => builder.input(name, type));
  const given: readonly Value[] = options.prepare?.(inputs) ?? inputs;
  const result = module.call(...(given as In));
  const outputs: Port[] = isValue(result)
    ? [{ name: options.output ?? 'output', value: result }]
    : Object.entries(result as Readonly<Record<string, Value>>).map(([name, value]) => ({ name, value }));
  for (const [name, value] of builder.features) outputs.push({ name, value });
  return builder.build(outputs);
}

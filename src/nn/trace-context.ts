/** The builder that modules' forward functions write to: it knows paths, parameters, mode, random masks and state updates. */
import { OcelliError } from '../base/errors.ts';
import { GraphBuilder } from '../compiler/ir/builder.ts';
import type { Dim, Value } from '../compiler/ir/graph.ts';
import { shapeRules } from '../compiler/ops/table.ts';
import type { Parameter } from './parameter.ts';

/** Inference takes running statistics and drops nothing; training takes the batch's statistics, updates them and drops. */
export type Mode = 'inference' | 'training';

/** A random mask that a training graph takes as an input: 1 / keep with probability `keep`, else 0. */
export interface MaskInput {
  /** The input's name, `mask:<module path>`. */
  readonly name: string;
  readonly shape: readonly Dim[];
  /** Probability of keeping an element. */
  readonly keep: number;
}

/** The new value of a buffer after the step, such as a running mean. */
export interface StateUpdate {
  readonly path: string;
  readonly parameter: Parameter;
  readonly value: Value;
}

/** The paths of a model's modules and parameters. */
export interface ModelPaths {
  readonly modules: ReadonlyMap<object, string>;
  readonly parameters: ReadonlyMap<Parameter, string>;
}

/** Told of every module's run, in the order in which they end: its path, what it was given and what it gave. */
export type Watch = (path: string, given: readonly Value[], result: unknown) => void;

export class Trace extends GraphBuilder {
  readonly isOcelliTrace = true as const;
  readonly mode: Mode;
  readonly masks: MaskInput[] = [];
  readonly #paths: ModelPaths;
  readonly #parameters = new Map<Parameter, Value>();
  readonly #wanted: ReadonlySet<string>;
  readonly #features = new Map<string, Value>();
  readonly #updates = new Map<Parameter, StateUpdate>();
  readonly #watch: Watch | undefined;

  constructor(paths: ModelPaths, mode: Mode, features: readonly string[] = [], watch?: Watch) {
    super(shapeRules);
    this.mode = mode;
    this.#watch = watch;
    this.#paths = paths;
    this.#wanted = new Set(features);
    const known = new Set(paths.modules.values());
    for (const path of features) {
      if (known.has(path)) continue;
      throw new OcelliError('usage', `there is no module "${path}" to take features from; paths look like the state dict's keys`);
    }
  }

  /** The parameter as a value of this graph. */
  of(parameter: Parameter): Value {
    const known = this.#parameters.get(parameter);
    if (known) return known;
    const path = this.#paths.parameters.get(parameter);
    if (path === undefined) throw new OcelliError('usage', 'a parameter is used that is in no field of the traced model');
    const value = this.parameter(path, { dtype: parameter.dtype, shape: parameter.shape });
    this.#parameters.set(parameter, value);
    return value;
  }

  /** The parameters used so far, with their values in this graph. */
  get usedParameters(): ReadonlyMap<Parameter, Value> {
    return this.#parameters;
  }

  /** The state-dict key of a parameter. */
  pathOf(parameter: Parameter): string {
    return this.#paths.parameters.get(parameter) ?? '';
  }

  /** Says what a buffer's value is after the step; where a module runs twice the last word counts. */
  update(parameter: Parameter, value: Value): void {
    this.#updates.set(parameter, { path: this.pathOf(parameter), parameter, value });
  }

  /** A buffer's value as the modules that ran so far have left it. */
  latest(parameter: Parameter): Value {
    return this.#updates.get(parameter)?.value ?? this.of(parameter);
  }

  /** The buffers that the step changes, each once. */
  get updates(): readonly StateUpdate[] {
    return [...this.#updates.values()];
  }

  /** A random mask, fed at every step, so that every back end makes the same choices. */
  mask(shape: readonly Dim[], keep: number): Value {
    const base = `mask:${this.scope}`;
    const taken = this.masks.filter(({ name }) => name === base || name.startsWith(`${base}:`)).length;
    const name = taken === 0 ? base : `${base}:${taken}`;
    this.masks.push({ name, shape, keep });
    return this.input(name, { dtype: 'float32', shape });
  }

  /** Runs a module's forward under its path and remembers what it gives when that is a wanted feature. */
  call<T>(module: object, given: readonly Value[], forward: () => T): T {
    const path = this.#paths.modules.get(module);
    // A module made inside forward is in no field: its nodes stay under the path of its user.
    if (path === undefined) return forward();
    const result = this.inScope(path, forward);
    if (this.#wanted.has(path) && isValue(result)) this.#features.set(path, result);
    this.#watch?.(path, given, result);
    return result;
  }

  /** Whether a module's result, or that of a module inside it, is a wanted feature: auxiliary heads are called only then. */
  wants(module: object): boolean {
    const path = this.#paths.modules.get(module);
    return path !== undefined && [...this.#wanted].some((wanted) => wanted === path || wanted.startsWith(`${path}.`));
  }

  /** What the wanted modules gave, by path. @throws usage for a path that forward did not reach or that gives no single value */
  get features(): ReadonlyMap<string, Value> {
    for (const path of this.#wanted) {
      if (!this.#features.has(path)) {
        throw new OcelliError('usage', `module "${path}" gave no value in the traced run, so there are no features to take`);
      }
    }
    return this.#features;
  }
}

/** True for a value of some graph. */
export function isValue(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && 'builder' in value && 'type' in value;
}

/** The trace a value belongs to. @throws usage outside a trace */
export function traceOf(value: Value): Trace {
  if ('isOcelliTrace' in value.builder) return value.builder as Trace;
  throw new OcelliError('usage', 'modules take values of a trace; call trace(module, ...) to make one');
}

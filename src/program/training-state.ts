/** The tensors that a training step takes and gives back changed: their names, first values, and which may be written over. */
import { dtypes } from '../base/dtype.ts';
import { OcelliError } from '../base/errors.ts';
import { elementCount, type Tensor, tensor } from '../base/tensor.ts';
import type { Port, TensorType, Value } from '../compiler/ir/graph.ts';
import { staticShape } from '../compiler/ops/shapes.ts';
import type { Parameter } from '../nn/parameter.ts';
import type { Trace } from '../nn/trace-context.ts';
import { Overwriting } from './overwriting.ts';

/** A tensor that a step takes and gives back changed. */
export interface StateTensor {
  /**
   * The input's name: the state-dict key of a parameter or buffer, `<slot>:<key>` for what the optimizer keeps,
   * `accumulated:<key>` for gradients of micro-batches, `ema:<key>` for averages, `counter:<what>` for counters.
   */
  readonly input: string;
  /** The output's name: `next:<input>`. */
  readonly output: string;
  readonly type: TensorType;
  /** The parameter or buffer it is; undefined for what else a step keeps. */
  readonly parameter: Parameter | undefined;
  /** What it is before the first step: zeros, ones, or the value under this state-dict key. */
  readonly initial: 'zeros' | 'ones' | { readonly key: string };
  /** True for tensors whose every use goes into the new value, which may then be written over the old one. */
  readonly overwritable: boolean;
}

type Kept = Omit<StateTensor, 'overwritable'> & { readonly before: Value };

/** Collects the state of a step while it is traced. */
export class StateBuilder {
  readonly builder: Trace;
  readonly #kept = new Map<string, Kept>();
  readonly #after = new Map<string, Value>();

  constructor(builder: Trace) {
    this.builder = builder;
  }

  /** The value, before the step, of something kept beside the model's own tensors; `next` says what it is after it. */
  input(name: string, type: TensorType, initial: StateTensor['initial']): Value {
    const before = this.builder.input(name, type);
    this.#kept.set(name, { input: name, output: `next:${name}`, type, parameter: undefined, initial, before });
    return before;
  }

  /** The value after the step of what is kept under a name. */
  next(name: string, after: Value): void {
    this.#after.set(name, after);
  }

  /** The value after the step of a parameter or buffer. */
  nextOf(parameter: Parameter, after: Value): void {
    const path = this.builder.pathOf(parameter);
    const before = this.builder.of(parameter);
    this.#kept.set(path, { input: path, output: `next:${path}`, type: before.type, parameter, initial: { key: path }, before });
    this.next(path, after);
  }

  /** What the step gives back. */
  get outputs(): readonly Port[] {
    return [...this.#after].map(([name, value]) => ({ name: `next:${name}`, value }));
  }

  /** The state tensors of the graph as it is now. */
  finish(): readonly StateTensor[] {
    const overwriting = new Overwriting(this.builder.nodes);
    return [...this.#after].map(([name, after]) => {
      const { before, ...rest } = this.#kept.get(name) as Kept;
      return { ...rest, overwritable: rest.parameter === undefined && overwriting.allows(before, after) };
    });
  }
}

/**
 * The values of all state tensors before the first step.
 * @param values the model's, by state-dict key
 * @param zeros whether to give those that are zeros too; default true
 */
export function initialState(
  state: readonly StateTensor[],
  values: ReadonlyMap<string, Tensor>,
  zeros = true,
): Record<string, Tensor> {
  const first: Record<string, Tensor> = {};
  for (const { input, type, initial } of state) {
    if (initial === 'zeros' && !zeros) continue;
    first[input] = typeof initial === 'object' ? valueUnder(values, initial.key) : filled(type, initial === 'ones');
  }
  return first;
}

function valueUnder(values: ReadonlyMap<string, Tensor>, key: string): Tensor {
  const value = values.get(key);
  if (!value) throw new OcelliError('state-dict', `training: no value came for "${key}"`);
  return value;
}

function filled(type: TensorType, ones: boolean): Tensor {
  const made = tensor(type.dtype, staticShape(type.shape, 'state'));
  if (!ones) return made;
  if (made.data instanceof Float32Array) made.data.fill(1);
  else throw new OcelliError('unsupported', `training: state of ones is float32, ${type.dtype} came`);
  return made;
}

/** Bytes of all state tensors. */
export function stateBytes(state: readonly StateTensor[]): number {
  return state.reduce((sum, { type }) => sum + elementCount(staticShape(type.shape, 'state')) * dtypes[type.dtype].size, 0);
}

/** What a program is: values, nodes, graphs. Plain data over an operator table that is given, not known here. */
import type { DType } from '../../base/dtype.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { Dim } from './dim.ts';

export type { Dim } from './dim.ts';

/** Element type and shape of a value. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly Dim[];
}

/** What an attribute can hold. */
export type Attr = number | boolean | string | readonly number[] | readonly Dim[] | Tensor | undefined;

/**
 * The attributes of every operator, by operator name. Each operator's file adds its own line:
 * `declare module '../ir/graph.ts' { interface OpAttrs { relu: NoAttrs } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the operators' files fill it by declaration merging
export interface OpAttrs {}

export type OpName = keyof OpAttrs & string;

/** The attributes of an operator that has none. */
export type NoAttrs = Readonly<Record<never, never>>;

/** What adds to a program; `GraphBuilder` is the one. */
export interface Builder {
  /** The nodes so far, in the order of making. */
  readonly nodes: readonly Node[];
  /** The module path that new nodes are filed under. */
  readonly scope: string;
  /** Runs `body`, filing the nodes it makes under the module path `path`. */
  inScope<T>(path: string, body: () => T): T;
  /** A value fed at every run. */
  input(name: string, type: TensorType): Value;
  /** A value under a state-dict key, fed at every run or baked in when the graph is emitted. */
  parameter(name: string, type: TensorType): Value;
  /**
   * Adds a node and returns its outputs.
   * @throws shape naming the operator, the module path, what it expected and what came
   */
  applyAll<K extends OpName>(op: K, inputs: readonly Value[], attrs: OpAttrs[K]): readonly Value[];
  /** Adds a node and returns its first output. */
  apply<K extends OpName>(op: K, inputs: readonly Value[], attrs: OpAttrs[K]): Value;
}

/** A tensor-valued result in a program; `id` is unique in its builder and rises in the order of making. */
export interface Value {
  readonly id: number;
  readonly type: TensorType;
  /** The builder that made it and to which functions over values add their nodes. */
  readonly builder: Builder;
}

/** One application of an operator. `scope` is the module path it came from, '' outside any. */
export interface Node<K extends OpName = OpName> {
  readonly op: K;
  readonly inputs: readonly Value[];
  readonly attrs: OpAttrs[K];
  readonly outputs: readonly Value[];
  readonly scope: string;
}

/** A named end of a graph. */
export interface Port {
  readonly name: string;
  readonly value: Value;
}

/**
 * A program. `inputs` are fed at every run; `parameters` may be fed or baked in, under their state-dict keys.
 * `nodes` stand in an order in which every value is made before it is used.
 */
export interface Graph {
  readonly inputs: readonly Port[];
  readonly parameters: readonly Port[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly Port[];
}

/** The shape rule of every operator: all that building and verifying need to know of them. */
export interface ShapeRules {
  /** The types of the outputs, or an error whose text says what was expected and what came. */
  outputTypes(op: OpName, inputs: readonly TensorType[], attrs: Readonly<Record<string, Attr>>): readonly TensorType[];
}

/** `float32[N, 3, 224, 224]`. */
export function describeType(type: TensorType): string {
  return `${type.dtype}[${type.shape.join(', ')}]`;
}

/** True when dtype and shape are the same. */
export function sameType(a: TensorType, b: TensorType): boolean {
  return a.dtype === b.dtype && a.shape.length === b.shape.length && a.shape.every((dim, i) => dim === b.shape[i]);
}

/** What an operator must say of itself: shapes, gradient, ONNX, cost. Every file in this folder is one operator. */
import type { DType } from '../../base/dtype.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { Builder } from '../ir/builder.ts';
import type { Dim, Node, OpAttrs, OpName, TensorType, Value } from '../ir/graph.ts';
import type { ReadingRules } from './reading.ts';

/** The rules of one operator. A literal of this type that lacks a rule does not compile. */
export interface OpRules<K extends OpName> {
  /**
   * The types of the outputs.
   * @throws shape with what was expected and what came; the builder adds operator and module path
   */
  shape(inputs: readonly TensorType[], attrs: OpAttrs[K]): readonly TensorType[];
  /** How the loss changes with the inputs, or the written word 'none' for what has no gradient (integers, choices). */
  readonly gradient: 'none' | GradientRule<K>;
  /** The ONNX nodes that compute it; returns the names of its outputs. */
  lower(node: Node<K>, to: Lowering): readonly string[];
  /** The ONNX operators that are read as it, or the written word 'none' where files made elsewhere have none. */
  readonly read: 'none' | ReadingRules;
  /** What one run of it costs, for static shapes. */
  cost(node: Node<K>): Cost;
}

/**
 * Gradients with respect to the inputs, given those with respect to the outputs (null: the loss does not depend on that
 * output). Only those with `wanted[i]` are needed; null stands for "no gradient flows there".
 */
export type GradientRule<K extends OpName> = (
  node: Node<K>,
  dOutputs: readonly (Value | null)[],
  wanted: readonly boolean[],
  builder: Builder,
) => readonly (Value | null)[];

export interface Cost {
  /** Multiply-adds, as the field counts them: convolutions and matrix products alone. */
  readonly multiplyAdds: number;
  /** Bytes read and written, if nothing stays in a cache. */
  readonly bytesMoved: number;
  /** Bytes held beside inputs and outputs while it runs. */
  readonly workspaceBytes: number;
}

/** An attribute of an ONNX node: a number or list is of integers, floats say so. */
export type OnnxAttr =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: Tensor };

/** An ONNX node as it was emitted. */
export interface OnnxCall {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attrs: Readonly<Record<string, OnnxAttr>>;
}

/** Where the program will run. `cpu` is native and WASM. */
export type LoweringTarget = 'cpu' | 'webgpu';

/** What `lower` writes to. Names are those of ONNX values. */
export interface Lowering {
  readonly target: LoweringTarget;
  /** True when only operators of the ONNX standard may be used (no `com.microsoft`). */
  readonly portable: boolean;
  /**
   * How many channels ONNX Runtime's blocked layout puts side by side on the processor that will run this (8 or 16), where the
   * native CPU back end has that layout and weights are fed; absent or 0 elsewhere.
   */
  readonly nchwcBlock?: number;
  /**
   * True when weights come in at every run, as in training: with baked-in ones ONNX Runtime chooses layouts itself, and better
   * is not to choose for it.
   */
  readonly weightsFed: boolean;
  /** The ONNX name of a value that already exists. */
  name(value: Value): string;
  /** The other name of a value that stands in both layouts, plain and blocked; undefined when it stands in one. */
  twin(name: string): string | undefined;
  /** Says that two names are one value, plain and blocked. What nobody reads of either is not emitted in the end. */
  pair(plain: string, blocked: string): void;
  /** Within `body`, `name` gives the blocked names of values that have one. */
  inBlocks<T>(body: () => T): T;
  /** How many operators and outputs read a value. */
  uses(value: Value): number;
  /** The node that made a name as its first output; undefined for inputs and constants. */
  maker(name: string): OnnxCall | undefined;
  /** Names that lowerings leave for later ones, under keys of their own. */
  readonly notes: Map<string, string>;
  /** Adds a node and returns its first output's name. Operators of Microsoft's domain are written `com.microsoft.QuickGelu`. */
  emit(op: string, inputs: readonly string[], attrs?: Readonly<Record<string, OnnxAttr>>): string;
  /** Adds a node with several outputs. */
  emitAll(op: string, inputs: readonly string[], count: number, attrs?: Readonly<Record<string, OnnxAttr>>): readonly string[];
  /** A constant; equal small ones are shared. */
  constant(tensor: Tensor): string;
  /** A one-dimensional int64 constant. */
  ints(values: readonly number[]): string;
  /** A scalar constant. */
  scalar(value: number, dtype?: DType): string;
  /** A one-dimensional int64 value that holds these dims at run time; a constant when they are static. */
  dims(shape: readonly Dim[]): string;
}

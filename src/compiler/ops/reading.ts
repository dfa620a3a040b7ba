/** What reading rules see of an ONNX node. */
import type { Tensor } from '../../base/tensor.ts';
import type { Builder } from '../ir/builder.ts';
import type { Dim, Value } from '../ir/graph.ts';
import type { Known } from './known-values.ts';

/** How one ONNX operator becomes nodes of a graph; gives the outputs, one value where there is one. */
export type ReadingRule = (node: OnnxNode) => Value | readonly Value[];

/** Reading rules by ONNX operator; those of Microsoft's domain are written `com.microsoft.QuickGelu`. */
export type ReadingRules = Readonly<Record<string, ReadingRule>>;

/** One node of an ONNX file. Everything that is asked for and not there is refused, naming the node. */
export interface OnnxNode {
  readonly builder: Builder;
  /** The operator, without its domain. */
  readonly op: string;
  /** The version of its domain's operators that the file speaks of. */
  readonly opset: number;
  readonly outputCount: number;
  /** All inputs, none of which may be left out. */
  inputs(): readonly Value[];
  /** An input that must be there. */
  input(i: number): Value;
  /** An input that may be left out. */
  optional(i: number): Value | undefined;
  /** What is known of an input now, before anything runs; undefined for one left out, large or computed. */
  known(i: number): Known | undefined;
  /** An input of integers that must be known: sizes, which may be named. */
  dims(i: number): readonly Dim[];
  /** An input of numbers that must be known. */
  numbers(i: number): readonly number[];
  /** An input that must be one known number. */
  number(i: number): number;
  /** True when the file gives that attribute. */
  has(attribute: string): boolean;
  /** Attributes, with what they are when the file leaves them out; without that they must be there. */
  int(name: string, otherwise?: number): number;
  float(name: string, otherwise?: number): number;
  text(name: string, otherwise?: string): string;
  ints(name: string): readonly number[] | undefined;
  floats(name: string): readonly number[] | undefined;
  tensor(name: string): Tensor | undefined;
  /** A name that no dim has yet. */
  freshDim(name: string): string;
  /** Says why this node cannot be read. */
  refuse(reason: string): never;
}

/** One node of an ONNX file, as reading rules see it: inputs, attributes and what is known of values, all checked. */
import { OcelliError } from '../../base/errors.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { Builder, Dim, Value } from '../ir/graph.ts';
import type { Known } from '../ops/known-values.ts';
import type { OnnxNode } from '../ops/reading.ts';
import { type AttributeProto, AttributeProto_AttributeType as AttributeType, type NodeProto } from './onnx_pb.ts';
import { describeNode } from './read-order.ts';
import { readTensor } from './read-tensor.ts';

/** What a node may ask of the file it stands in. */
export interface FileContext {
  readonly builder: Builder;
  /** The version of the operators of a domain. */
  opsetOf(domain: string): number;
  value(name: string): Value;
  known(value: Value): Known | undefined;
  freshDim(like: string): string;
}

export class FileNode implements OnnxNode {
  readonly #proto: NodeProto;
  readonly #file: FileContext;
  readonly #inputs: readonly string[];
  readonly #attributes: ReadonlyMap<string, AttributeProto>;
  readonly op: string;
  readonly opset: number;
  readonly outputCount: number;

  constructor(proto: NodeProto, file: FileContext) {
    this.#proto = proto;
    this.#file = file;
    this.#inputs = withoutTrailingGaps(proto.input);
    this.#attributes = new Map(proto.attribute.map((attribute) => [attribute.name, attribute]));
    this.op = proto.opType;
    this.opset = file.opsetOf(proto.domain);
    this.outputCount = withoutTrailingGaps(proto.output).length;
  }

  get builder(): Builder {
    return this.#file.builder;
  }

  refuse(reason: string): never {
    throw new OcelliError('unsupported', `ONNX node ${describeNode(this.#proto)} ${reason}`);
  }

  inputs(): readonly Value[] {
    if (this.#inputs.length === 0) this.refuse('has no inputs');
    return this.#inputs.map((_, i) => this.input(i));
  }

  input(i: number): Value {
    return this.optional(i) ?? this.refuse(`lacks input ${i}`);
  }

  optional(i: number): Value | undefined {
    const name = this.#inputs[i];
    return name === undefined || name === '' ? undefined : this.#file.value(name);
  }

  known(i: number): Known | undefined {
    const value = this.optional(i);
    return value && this.#file.known(value);
  }

  dims(i: number): readonly Dim[] {
    this.input(i);
    return (
      this.known(i)?.elements ?? this.refuse(`has input "${this.#inputs[i]}", known only at run time, where sizes are taken`)
    );
  }

  numbers(i: number): readonly number[] {
    return this.dims(i).map((element) => {
      if (typeof element === 'number') return element;
      return this.refuse(`has "${element}" in input ${i}, where a number is taken; give the dim a size`);
    });
  }

  number(i: number): number {
    const numbers = this.numbers(i);
    return numbers.length === 1 ? (numbers[0] as number) : this.refuse(`has ${numbers.length} numbers in input ${i}, not one`);
  }

  has(attribute: string): boolean {
    return this.#attributes.has(attribute);
  }

  int(name: string, otherwise?: number): number {
    const attribute = this.#attribute(name, AttributeType.INT);
    return attribute ? Number(attribute.i) : this.#otherwise(name, otherwise);
  }

  float(name: string, otherwise?: number): number {
    return this.#attribute(name, AttributeType.FLOAT)?.f ?? this.#otherwise(name, otherwise);
  }

  text(name: string, otherwise?: string): string {
    const attribute = this.#attribute(name, AttributeType.STRING);
    return attribute ? new TextDecoder().decode(attribute.s) : this.#otherwise(name, otherwise);
  }

  ints(name: string): readonly number[] | undefined {
    return this.#attribute(name, AttributeType.INTS)?.ints.map(Number);
  }

  floats(name: string): readonly number[] | undefined {
    return this.#attribute(name, AttributeType.FLOATS)?.floats;
  }

  tensor(name: string): Tensor | undefined {
    const proto = this.#attribute(name, AttributeType.TENSOR)?.t;
    return proto && readTensor(proto, `${name} of ${describeNode(this.#proto)}`);
  }

  freshDim(like: string): string {
    return this.#file.freshDim(like);
  }

  #attribute(name: string, type: AttributeType): AttributeProto | undefined {
    const attribute = this.#attributes.get(name);
    if (attribute && attribute.type !== type) {
      this.refuse(`has the attribute ${name} as ${AttributeType[attribute.type]}, not ${AttributeType[type]}`);
    }
    return attribute;
  }

  #otherwise<T>(name: string, otherwise: T | undefined): T {
    return otherwise ?? this.refuse(`lacks the attribute ${name}`);
  }
}

/** Names without the empty ones at the end, which stand for what is left out. */
function withoutTrailingGaps(names: readonly string[]): readonly string[] {
  let count = names.length;
  while (count > 0 && names[count - 1] === '') count--;
  return names.slice(0, count);
}

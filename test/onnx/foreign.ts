/** Small ONNX models of any opset, as other tools write them. */
import { create, toBinary } from '@bufbuild/protobuf';
import type { Tensor } from '../../src/base/tensor.ts';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  ModelProtoSchema,
  NodeProtoSchema,
} from '../../src/compiler/onnx/onnx_pb.ts';
import { tensorProto, valueInfoProto } from '../../src/compiler/onnx/proto.ts';
import { fill as fillTensor, type InputSpec } from '../gradients/fill.ts';

/** An attribute: integers unless it says otherwise. */
export type ForeignAttr = number | readonly number[] | string | { float: number } | { floats: readonly number[] } | Tensor;

/** What a node reads: a tensor fed at every run, one that stands in the file, or nothing. */
export type ForeignInput = { readonly feed: Tensor } | { readonly known: Tensor } | null;

/** A model of one node. */
export interface Foreign {
  /** `com.microsoft.QuickGelu` for an operator of Microsoft's. */
  readonly op: string;
  readonly opset: number;
  readonly inputs: readonly ForeignInput[];
  readonly attrs?: Readonly<Record<string, ForeignAttr>>;
  /** How many outputs are asked for; default 1. */
  readonly outputs?: number;
  /** True for one that is read only when all sizes are given; default false. */
  readonly sized?: boolean;
}

/** Values drawn by the hash of (name, index), fed or known. */
export const fed = (name: string, spec: InputSpec): ForeignInput => ({ feed: fillTensor(name, spec) });

function attributeProto(name: string, attr: ForeignAttr): AttributeProto {
  const make = (fields: object): AttributeProto => create(AttributeProtoSchema, { name, ...fields });
  if (typeof attr === 'number') return make({ type: AttributeType.INT, i: BigInt(attr) });
  if (typeof attr === 'string') return make({ type: AttributeType.STRING, s: new TextEncoder().encode(attr) });
  if ('float' in attr) return make({ type: AttributeType.FLOAT, f: attr.float });
  if ('floats' in attr) return make({ type: AttributeType.FLOATS, floats: [...attr.floats] });
  if ('dtype' in attr) return make({ type: AttributeType.TENSOR, t: tensorProto('', attr) });
  return make({ type: AttributeType.INTS, ints: attr.map(BigInt) });
}

/** The ONNX node, reading `input0`, ... and making `output0`, ... */
export function foreignNode({ op, inputs, attrs = {}, outputs = 1 }: Foreign) {
  const dot = op.lastIndexOf('.');
  return create(NodeProtoSchema, {
    name: 'the node',
    opType: op.slice(dot + 1),
    domain: dot < 0 ? '' : op.slice(0, dot),
    input: inputs.map((input, i) => (input ? `input${i}` : '')),
    output: Array.from({ length: outputs }, (_, i) => `output${i}`),
    attribute: Object.entries(attrs).map(([name, attr]) => attributeProto(name, attr)),
  });
}

/** The model's bytes. `named`: the dims of what is fed are left open, but for the channels of [N, C, ...spatial]. */
export function foreignModel(foreign: Foreign, named: boolean): Uint8Array {
  const { inputs, opset, outputs = 1 } = foreign;
  const fedInputs = inputs.flatMap((input, i) => (input && 'feed' in input ? [{ name: `input${i}`, tensor: input.feed }] : []));
  const known = inputs.flatMap((input, i) => (input && 'known' in input ? [tensorProto(`input${i}`, input.known)] : []));
  const channels = new Set(fedInputs.flatMap(({ tensor: { shape } }) => (shape.length > 2 ? [shape[1] as number] : [])));
  const ports = fedInputs.map(({ name, tensor: { dtype, shape } }) => ({
    name,
    value: { type: { dtype, shape: named ? openDims(shape, channels) : shape } },
  }));
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [
        { domain: '', version: BigInt(opset) },
        { domain: 'com.microsoft', version: 1n },
      ],
      graph: {
        name: 'foreign',
        node: [foreignNode(foreign)],
        initializer: known,
        input: ports.map((port) => valueInfoProto(port as never)),
        output: Array.from({ length: outputs }, (_, i) => ({ name: `output${i}` })),
      },
    }),
  );
}

/** Dims of one size get one name, so that shapes still fit each other. */
function openDims(shape: readonly number[], fixed: ReadonlySet<number>): readonly (number | string)[] {
  return shape.map((dim) => (dim > 1 && !fixed.has(dim) ? `size ${dim}` : dim));
}

/** What the model is fed. */
export function foreignFeeds({ inputs }: Foreign): ReadonlyMap<string, Tensor> {
  const feeds = new Map<string, Tensor>();
  inputs.forEach((input, i) => {
    if (input && 'feed' in input) feeds.set(`input${i}`, input.feed);
  });
  return feeds;
}

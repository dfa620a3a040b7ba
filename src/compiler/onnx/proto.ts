/** Small constructors for ONNX messages. */
import { create } from '@bufbuild/protobuf';
import type { DType } from '../../base/dtype.ts';
import { OcelliError } from '../../base/errors.ts';
import { bytesOf, type Tensor } from '../../base/tensor.ts';
import type { Port } from '../ir/graph.ts';
import type { OnnxAttr } from '../ops/rules.ts';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './onnx_pb.ts';

/** ONNX's number of each element type. */
export const onnxDataType: { readonly [D in DType]: DataType } = {
  float64: DataType.DOUBLE,
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  bfloat16: DataType.BFLOAT16,
  int64: DataType.INT64,
  int32: DataType.INT32,
  int16: DataType.INT16,
  int8: DataType.INT8,
  uint64: DataType.UINT64,
  uint32: DataType.UINT32,
  uint16: DataType.UINT16,
  uint8: DataType.UINT8,
  bool: DataType.BOOL,
};

function attributeProto(name: string, attr: OnnxAttr): AttributeProto {
  if (typeof attr === 'number') {
    if (!Number.isInteger(attr)) throw new OcelliError('internal', `ONNX attribute ${name}: ${attr} is no integer`);
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(attr) });
  }
  if (typeof attr === 'string') {
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(attr) });
  }
  if ('float' in attr) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: attr.float });
  if ('floats' in attr) return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...attr.floats] });
  if ('tensor' in attr) {
    return create(AttributeProtoSchema, { name, type: AttributeType.TENSOR, t: tensorProto('', attr.tensor) });
  }
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: attr.map((value) => BigInt(value)) });
}

/** A node; the operator of Microsoft's domain is written `com.microsoft.Name`. */
export function nodeProto(
  op: string,
  name: string,
  input: readonly string[],
  output: readonly string[],
  attrs: Readonly<Record<string, OnnxAttr>>,
): NodeProto {
  const dot = op.lastIndexOf('.');
  return create(NodeProtoSchema, {
    opType: op.slice(dot + 1),
    domain: dot < 0 ? '' : op.slice(0, dot),
    name,
    input: [...input],
    output: [...output],
    attribute: Object.entries(attrs).map(([key, attr]) => attributeProto(key, attr)),
  });
}

/** A tensor with its values inside the message. */
export function tensorProto(name: string, value: Tensor): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: value.shape.map((dim) => BigInt(dim)),
    dataType: onnxDataType[value.dtype],
    rawData: bytesOf(value),
  });
}

/** A tensor whose values stand in another file. */
export function externalTensorProto(
  name: string,
  value: Pick<Tensor, 'dtype' | 'shape'>,
  place: { readonly location: string; readonly offset: number; readonly length: number },
): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: value.shape.map((dim) => BigInt(dim)),
    dataType: onnxDataType[value.dtype],
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: Object.entries(place).map(([key, entry]) => ({ key, value: String(entry) })),
  });
}

/** The declaration of a graph input or output. Named dims, expressions too, are its symbolic dims. */
export function valueInfoProto({ name, value }: Port): ValueInfoProto {
  const dim = value.type.shape.map((size) => ({
    value:
      typeof size === 'number' ? { case: 'dimValue' as const, value: BigInt(size) } : { case: 'dimParam' as const, value: size },
  }));
  const tensorType = { elemType: onnxDataType[value.type.dtype], shape: { dim } };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: tensorType } } });
}

/** Tensors of an ONNX file, from inside it or from a file beside it. */
import type { DeferredTensor } from '../../base/deferred.ts';
import { type DType, dtypes } from '../../base/dtype.ts';
import { OcelliError } from '../../base/errors.ts';
import { elementCount, type Tensor, tensor } from '../../base/tensor.ts';
import { KNOWN_LIMIT } from '../ops/known-values.ts';
import { dtypeOfOnnx } from '../ops/onnx-dtype.ts';
import { TensorProto_DataLocation as Location, type TensorProto } from './onnx_pb.ts';

/** Gives bytes of a file beside the model: exactly `length` of them, from `offset` on. */
export type ExternalReader = (file: string, offset: number, length: number) => Promise<Uint8Array>;

function refuse(name: string, reason: string, code: 'format' | 'unsupported' = 'format'): never {
  throw new OcelliError(code, `ONNX tensor "${name}" ${reason}`);
}

/** Element type and shape, once they make sense. */
function typeOf(proto: TensorProto, name: string): { readonly dtype: DType; readonly shape: readonly number[] } {
  const dtype = dtypeOfOnnx(proto.dataType);
  if (dtype === undefined)
    return refuse(name, `has ONNX's element type ${proto.dataType}, which is not supported`, 'unsupported');
  const shape = proto.dims.map(Number);
  const bytes = elementCount(shape) * dtypes[dtype].size;
  if (shape.some((dim) => dim < 0) || !Number.isSafeInteger(bytes))
    refuse(name, `has the impossible shape [${shape.join(', ')}]`);
  return { dtype, shape };
}

/** Little-endian bytes as a tensor, over the same memory where it is aligned. */
function fromBytes(name: string, dtype: DType, shape: readonly number[], bytes: Uint8Array): Tensor {
  const { array, size } = dtypes[dtype];
  const expected = elementCount(shape) * size;
  if (bytes.length !== expected) {
    refuse(name, `of shape [${shape.join(', ')}] and type ${dtype} needs ${expected} bytes, ${bytes.length} are there`);
  }
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return tensor(dtype, shape, new array(aligned.buffer, aligned.byteOffset, expected / size));
}

/** The field that holds a tensor's numbers when they are not raw bytes. */
function typedData(proto: TensorProto, dtype: DType): readonly (number | bigint)[] {
  if (dtype === 'float32') return proto.floatData;
  if (dtype === 'float64') return proto.doubleData;
  if (dtype === 'int64') return proto.int64Data;
  return dtype === 'uint64' || dtype === 'uint32' ? proto.uint64Data : proto.int32Data;
}

/** A tensor whose values are in the message. @throws format, unsupported naming the tensor */
export function readTensor(proto: TensorProto, name: string): Tensor {
  const { dtype, shape } = typeOf(proto, name);
  if (proto.dataLocation === Location.EXTERNAL) refuse(name, 'is an attribute kept in another file', 'unsupported');
  if (proto.segment) refuse(name, 'is stored in segments', 'unsupported');
  const numbers = typedData(proto, dtype);
  if (proto.rawData.length > 0 || numbers.length === 0) return fromBytes(name, dtype, shape, proto.rawData);
  const count = elementCount(shape);
  if (numbers.length !== count) refuse(name, `of shape [${shape.join(', ')}] needs ${count} values, ${numbers.length} are there`);
  const data = new dtypes[dtype].array(count);
  const isBig = data instanceof BigInt64Array || data instanceof BigUint64Array;
  numbers.forEach((value, i) => {
    data[i] = isBig ? BigInt(value) : Number(value);
  });
  return tensor(dtype, shape, data);
}

/** Where a tensor's bytes stand: a file beside the model, never one elsewhere. */
function placeOf(proto: TensorProto, name: string, bytes: number): { readonly file: string; readonly offset: number } {
  const entries = new Map(proto.externalData.map(({ key, value }) => [key, value]));
  const file = entries.get('location') ?? '';
  const parts = file.split(/[\\/]/);
  const outside = parts.some((part) => part === '' || part === '.' || part === '..') || /^[A-Za-z]:|\0/.test(file);
  if (outside) refuse(name, `is kept in "${file}": such a file must be in the model's folder`);
  const offset = Number(entries.get('offset') ?? 0);
  const length = Number(entries.get('length') ?? bytes);
  if (!Number.isSafeInteger(offset) || offset < 0) refuse(name, `has the impossible offset "${entries.get('offset')}"`);
  if (length !== bytes) refuse(name, `needs ${bytes} bytes, its entry says "${entries.get('length')}"`);
  return { file, offset };
}

/**
 * An initializer. Large floating-point ones of other files are read when they are needed; all others at once.
 * @throws format, unsupported naming the tensor; usage when the file beside the model is not given
 */
export async function readInitializer(
  proto: TensorProto,
  external: ExternalReader | undefined,
): Promise<Tensor | DeferredTensor> {
  const { name } = proto;
  if (proto.dataLocation !== Location.EXTERNAL) return readTensor(proto, name);
  const { dtype, shape } = typeOf(proto, name);
  const bytes = elementCount(shape) * dtypes[dtype].size;
  const { file, offset } = placeOf(proto, name, bytes);
  if (!external) {
    throw new OcelliError('usage', `the model keeps tensors in "${file}" beside it; give a reader of such files as \`external\``);
  }
  const read = async (): Promise<Tensor> => fromBytes(name, dtype, shape, await external(file, offset, bytes));
  return elementCount(shape) > KNOWN_LIMIT && dtypes[dtype].floating ? { dtype, shape, read } : read();
}

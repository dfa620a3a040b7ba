/** A tensor of numbers in memory: element type, shape, and values in C order. */
import { type ArrayOf, type DType, dtypes } from './dtype.ts';
import { OcelliError } from './errors.ts';

/** Plain data: `data` holds the values in C order and has as many elements as `shape` says. */
export interface Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: ArrayOf[D];
}

/** How many elements a shape has; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/**
 * A tensor over `data`, or of zeros without it.
 * @throws shape when `data` does not have as many elements as `shape`
 */
export function tensor<D extends DType>(dtype: D, shape: readonly number[], data?: ArrayOf[D]): Tensor<D> {
  const count = elementCount(shape);
  if (data === undefined) return { dtype, shape, data: new dtypes[dtype].array(count) };
  if (data.length !== count) {
    throw new OcelliError('shape', `tensor of shape [${shape.join(', ')}] needs ${count} values, ${data.length} came`);
  }
  return { dtype, shape, data };
}

/** A float32 tensor from numbers. */
export function float32(shape: readonly number[], values: ArrayLike<number>): Tensor<'float32'> {
  return tensor('float32', shape, values instanceof Float32Array ? values : Float32Array.from(values));
}

/** An int64 tensor from numbers. */
export function int64(shape: readonly number[], values: readonly number[]): Tensor<'int64'> {
  return tensor(
    'int64',
    shape,
    BigInt64Array.from(values, (value) => BigInt(value)),
  );
}

/** The tensor's values as bytes, little-endian, in C order, without copying. */
export function bytesOf(value: Tensor): Uint8Array {
  return new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength);
}

/** `float32[1, 3, 224, 224]`, for messages. */
export function describeTensor(value: Pick<Tensor, 'dtype' | 'shape'>): string {
  return `${value.dtype}[${value.shape.join(', ')}]`;
}

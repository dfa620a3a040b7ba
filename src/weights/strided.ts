/** Strided tensors: which elements a view covers, and gathering them in C order. */
import { type DType, dtypes, type TypedArray } from '../base/dtype.ts';
import { OcelliError } from '../base/errors.ts';
import { elementCount, type Tensor } from '../base/tensor.ts';
import { readInto, swapBytes } from './bytes.ts';
import type { PyTensor } from './pickle/values.ts';

/** Strides, in elements, of a C-ordered tensor. */
export function contiguousStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= Math.max(shape[axis] as number, 1);
  }
  return strides;
}

/** How many elements of the storage a view spans, from its first to its last. */
export function spanOf(shape: readonly number[], strides: readonly number[]): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((span, size, axis) => span + (size - 1) * (strides[axis] as number), 1);
}

/** True when the elements lie one after the other in C order; axes of size 1 may have any stride. */
function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  const wanted = contiguousStrides(shape);
  return shape.every((size, axis) => size === 1 || strides[axis] === wanted[axis]);
}

/** Copies the view's elements, row by row of its last axis, into C order. */
export function gather<D extends DType>(
  dtype: D,
  source: TypedArray,
  shape: readonly number[],
  strides: readonly number[],
): Tensor<D>['data'] {
  const target = new dtypes[dtype].array(elementCount(shape));
  const last = shape.length - 1;
  const rowLength = shape[last] ?? 1;
  const rowStride = strides[last] ?? 1;
  const position = new Array<number>(Math.max(last, 0)).fill(0);
  let from = 0;
  for (let at = 0; at < target.length; ) {
    for (let i = 0; i < rowLength; i++) target[at + i] = source[from + i * rowStride] as number & bigint;
    at += rowLength;
    for (let axis = last - 1; axis >= 0; axis--) {
      position[axis] = (position[axis] as number) + 1;
      from += strides[axis] as number;
      if ((position[axis] as number) < (shape[axis] as number)) break;
      from -= (shape[axis] as number) * (strides[axis] as number);
      position[axis] = 0;
    }
  }
  return target;
}

/**
 * Reads a tensor: only the bytes it spans, in C order; checked when it spans all of a storage that has a checksum.
 * @throws format when the storage is shorter than the file said
 */
export async function materialize(tensor: PyTensor, what: string): Promise<Tensor> {
  const { dtype, shape, strides, storage } = tensor;
  const span = spanOf(shape, strides);
  const size = dtypes[dtype].size;
  const array = new dtypes[dtype].array(span);
  if (span > 0) {
    if (tensor.offset + span > storage.length)
      throw new OcelliError('format', `${what}: reaches beyond its storage; the file is damaged`);
    const bytes = new Uint8Array(array.buffer);
    const region = await storage.open();
    await readInto(region, tensor.offset * size, bytes, what);
    if (bytes.length === region.size) region.verify?.(bytes);
    if (storage.bigEndian) swapBytes(bytes, size);
  }
  const data = isContiguous(shape, strides) ? array : gather(dtype, array, shape, strides);
  return { dtype, shape, data };
}

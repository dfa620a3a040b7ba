/** What is written to a checkpoint: names, types and shapes first, values when their turn comes. */
import { type DType, dtypes } from '../base/dtype.ts';
import { OcelliError } from '../base/errors.ts';
import { bytesOf, describeTensor, elementCount, type Tensor } from '../base/tensor.ts';

export interface TensorToWrite {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** The values, or a function that gives them when they are to be written, so that one tensor at a time is in memory. */
  readonly tensor: Tensor | (() => Tensor | Promise<Tensor>);
}

/** Names, types and shapes of everything. @throws usage when two tensors have one name */
export async function collect(tensors: Iterable<TensorToWrite> | AsyncIterable<TensorToWrite>): Promise<TensorToWrite[]> {
  const all: TensorToWrite[] = [];
  const names = new Set<string>();
  for await (const item of tensors) {
    if (names.has(item.name)) throw new OcelliError('usage', `two tensors are named "${item.name}"; give each its own name`);
    names.add(item.name);
    all.push(item);
  }
  return all;
}

export function byteLengthOf(item: Pick<TensorToWrite, 'dtype' | 'shape'>): number {
  return elementCount(item.shape) * dtypes[item.dtype].size;
}

/** The bytes of a tensor. @throws shape when it is not what was announced */
export async function bytesToWrite(item: TensorToWrite): Promise<Uint8Array> {
  const tensor = typeof item.tensor === 'function' ? await item.tensor() : item.tensor;
  if (describeTensor(tensor) !== describeTensor(item) || tensor.data.byteLength !== byteLengthOf(item)) {
    throw new OcelliError('shape', `"${item.name}" was announced as ${describeTensor(item)}, ${describeTensor(tensor)} came`);
  }
  return bytesOf(tensor);
}

/** What the tests of the weights share: test data, a hash, byte writers. */
import { existsSync, readFileSync } from 'node:fs';
import { sha256 as noble } from '@noble/hashes/sha2.js';
import { type DType, dtypes } from '../../src/base/dtype.ts';
import { elementCount, type Tensor } from '../../src/base/tensor.ts';
import { bufferSource } from '../../src/platform/buffer.ts';
import type { ByteSource, Sha256 } from '../../src/platform/platform.ts';
import type { TensorToWrite } from '../../src/weights/tensors.ts';

const shared = new URL('../../../shared/data/', import.meta.url);

/** True when the test data is there; says why tests are skipped when it is not. */
export function haveData(): boolean {
  const there = existsSync(new URL('checkpoints/', shared));
  if (!there) console.log('skipped: ../shared/data is not there');
  return there;
}

export function readData(file: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(file, shared)));
}

export function dataSource(file: string): ByteSource {
  return bufferSource(file, readData(file));
}

export function sha256(): Sha256 {
  const hash = noble.create();
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => [...hash.digest()].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
}

/** A tensor of small numbers, some negative where the type allows; halves are the bits 0x3c00 (float16) and up. */
export function sampleTensor(dtype: DType, shape: readonly number[]): Tensor {
  const data = new dtypes[dtype].array(elementCount(shape));
  const half = dtype === 'float16' || dtype === 'bfloat16';
  const low = /^u|bool/.test(dtype) ? 0 : -7;
  for (let i = 0; i < data.length; i++) {
    const value = half ? 0x3c00 + i : dtype === 'bool' ? i % 2 : low + i;
    data[i] = data instanceof BigInt64Array || data instanceof BigUint64Array ? BigInt(value) : value;
  }
  return { dtype, shape, data };
}

export function toWrite(name: string, tensor: Tensor): TensorToWrite {
  return { name, dtype: tensor.dtype, shape: tensor.shape, tensor: () => tensor };
}

/** What the tests of the weights share: test data, a hash, byte writers. */
import { existsSync, readFileSync } from 'node:fs';
import { sha256 as noble } from '@noble/hashes/sha2.js';
import { bufferSource } from '../../src/platform/buffer.ts';
import type { ByteSource, Sha256 } from '../../src/platform/platform.ts';

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

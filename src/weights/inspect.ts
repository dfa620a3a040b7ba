/** What a checkpoint holds, with a hash of every tensor's values. */
import { bytesOf } from '../base/tensor.ts';
import type { ByteSource, Sha256 } from '../platform/platform.ts';
import type { Checkpoint, CheckpointFormat, OtherEntry, TensorEntry } from './checkpoint.ts';
import { openCheckpoint } from './open.ts';

export interface HashedEntry extends TensorEntry {
  /** Of the values in C order, little-endian; 64 lower-case hex digits. */
  readonly sha256: string;
}

export interface Inspection {
  readonly format: CheckpointFormat;
  readonly tensors: readonly HashedEntry[];
  readonly other: readonly OtherEntry[];
}

/** Hashes every tensor, one at a time. */
export async function hashTensors(checkpoint: Checkpoint, sha256: () => Sha256): Promise<HashedEntry[]> {
  const hashed: HashedEntry[] = [];
  for (const entry of checkpoint.entries) {
    const hash = sha256();
    hash.update(bytesOf(await checkpoint.read(entry)));
    hashed.push({ name: entry.name, dtype: entry.dtype, shape: entry.shape, sha256: hash.digest() });
  }
  return hashed;
}

/**
 * Opens, hashes and closes a checkpoint: `weights inspect`.
 * @throws format and unsupported as `openCheckpoint` does
 */
export async function inspectCheckpoint(source: ByteSource, sha256: () => Sha256): Promise<Inspection> {
  const checkpoint = await openCheckpoint(source);
  try {
    return { format: checkpoint.format, tensors: await hashTensors(checkpoint, sha256), other: checkpoint.other };
  } finally {
    await checkpoint.close();
  }
}

/** Reading ranges of bytes exactly, in pieces, and as little-endian integers. */
import { OcelliError } from '../base/errors.ts';
import type { ByteSource } from '../platform/platform.ts';

/** Bytes to read from: a file, part of one, or an array. */
export interface Region extends Pick<ByteSource, 'size' | 'read' | 'fill'> {
  /** Checks all of the region's bytes against the checksum kept with them. @throws format when it differs */
  verify?(whole: Uint8Array): void;
}

/** Bytes asked for at once; a big tensor is gathered in such pieces, so that reading it needs little more than itself. */
const PIECE = 8 * 2 ** 20;

export function regionOf(bytes: Uint8Array): Region {
  return { size: bytes.length, read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)) };
}

/** The `size` bytes of `region` from `offset` on. */
export function slice(region: Region, offset: number, size: number): Region {
  const length = (from: number, wanted: number): number => Math.max(0, Math.min(wanted, size - from));
  return {
    size,
    read: (from, wanted) => region.read(offset + from, length(from, wanted)),
    fill: (from, target) => fill(region, offset + from, target.subarray(0, length(from, target.length))),
  };
}

/**
 * Fills `target` with the bytes from `offset` on.
 * @throws format when the region ends before
 */
export async function readInto(region: Region, offset: number, target: Uint8Array, what: string): Promise<void> {
  if (offset < 0 || offset + target.length > region.size) {
    throw new OcelliError(
      'format',
      `${what}: needs bytes ${offset} to ${offset + target.length}, there are ${region.size}; the file is cut off`,
    );
  }
  for (let at = 0; at < target.length; ) {
    const count = await fill(region, offset + at, target.subarray(at, at + PIECE));
    if (count === 0) {
      throw new OcelliError('format', `${what}: the file ended after ${offset + at} bytes; it was cut off while being read`);
    }
    at += count;
  }
}

/** As many bytes as there are; 0 also for a source that gives more than it was asked for. */
async function fill(region: Region, offset: number, target: Uint8Array): Promise<number> {
  if (region.fill) return region.fill(offset, target);
  const bytes = await region.read(offset, target.length);
  if (bytes.length > target.length) return 0;
  target.set(bytes);
  return bytes.length;
}

/** The `length` bytes from `offset` on, in memory of their own. */
export async function readExact(region: Region, offset: number, length: number, what: string): Promise<Uint8Array> {
  if (offset < 0 || offset + length > region.size) {
    throw new OcelliError(
      'format',
      `${what}: needs bytes ${offset} to ${offset + length}, there are ${region.size}; the file is cut off`,
    );
  }
  const target = new Uint8Array(length);
  await readInto(region, offset, target, what);
  return target;
}

/** A view for reading and writing integers at byte offsets. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** An unsigned 64-bit integer, little-endian; beyond 2^53 only its magnitude matters and it is not exact. */
export function uint64At(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32;
}

/** Reverses the bytes of every element in place. */
export function swapBytes(bytes: Uint8Array, elementSize: number): void {
  if (elementSize === 1) return;
  for (let at = 0; at < bytes.length; at += elementSize) bytes.subarray(at, at + elementSize).reverse();
}

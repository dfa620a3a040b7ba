/** Files of data sets, made for tests: IDX, CIFAR, tar and gzip, whole or as damaged as wanted. */
import { gzipSync } from 'node:zlib';
import { randomBits } from '../../src/base/random.ts';
import { memoryFiles } from '../../src/platform/memory-files.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import type { Platform } from '../../src/platform/platform.ts';

/** Bytes that look random, by key. */
export function noise(key: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => randomBits(key, i) & 255);
}

/** An IDX file of unsigned bytes. */
export function idx(shape: readonly number[], data: Uint8Array, magic: readonly number[] = [0, 0, 8]): Uint8Array {
  const file = new Uint8Array(4 + 4 * shape.length + data.length);
  file.set([...magic, shape.length]);
  const view = new DataView(file.buffer);
  for (const [axis, length] of shape.entries()) view.setUint32(4 + 4 * axis, length);
  file.set(data, 4 + 4 * shape.length);
  return file;
}

export function gzip(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes));
}

export interface TarEntry {
  readonly name: string;
  readonly data?: Uint8Array;
  /** The type flag; default '0', a file. */
  readonly type?: string;
  /** What the header says of the size, when it is not the truth. */
  readonly size?: number;
  /** ustar's prefix. */
  readonly prefix?: string;
}

/** A ustar file, ended by two empty blocks. */
export function tar(entries: readonly TarEntry[], end = 1024): Uint8Array {
  const blocks = entries.flatMap(({ name, data = new Uint8Array(0), type = '0', size = data.length, prefix = '' }) => {
    const head = new Uint8Array(512);
    const put = (at: number, text: string): void => head.set(new TextEncoder().encode(text), at);
    put(0, name);
    put(100, '0000644\0');
    put(124, `${size.toString(8).padStart(11, '0')}\0`);
    put(156, type);
    put(257, 'ustar\0');
    put(263, '00');
    put(345, prefix);
    put(148, '        ');
    const sum = head.reduce((total, byte) => total + byte, 0);
    put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
    const padded = new Uint8Array(Math.ceil(data.length / 512) * 512);
    padded.set(data);
    return [head, padded];
  });
  return concat([...blocks, new Uint8Array(end)]);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A 24-bit BMP of noise, which decodes without native code. */
export function bmp(key: number, width: number, height: number): Uint8Array {
  const row = Math.ceil((width * 3) / 4) * 4;
  const file = new Uint8Array(54 + row * height);
  file.set(noise(key, row * height), 54);
  file.set([0x42, 0x4d]);
  const view = new DataView(file.buffer);
  view.setUint32(2, file.length, true);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  return file;
}

/** Node's platform with these files and no others. */
export async function platformWith(files: Readonly<Record<string, Uint8Array>>): Promise<Platform> {
  const platform = { ...nodePlatform(), files: memoryFiles() };
  for (const [path, bytes] of Object.entries(files)) {
    const sink = await platform.files.create(path);
    await sink.write(bytes);
    await sink.commit();
  }
  return platform;
}

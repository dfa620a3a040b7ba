/** Writes zip files of stored entries aligned to 64 bytes, as `torch.save` lays them out; ZIP64 where sizes need it. */
import type { ByteSink } from '../platform/platform.ts';
import { viewOf } from './bytes.ts';
import { crc32 } from './crc32.ts';

const ALIGNMENT = 64;
const MAX32 = 0xffffffff;
/** Names are UTF-8. */
const FLAGS = 0x800;
/** 1980-01-01, the first day a zip file knows. */
const DATE = 0x21;

/** Little-endian fields: [bytes, value]. */
function fields(...list: readonly (readonly [2 | 4 | 8, number])[]): Uint8Array {
  const bytes = new Uint8Array(list.reduce((sum, [size]) => sum + size, 0));
  const view = viewOf(bytes);
  let at = 0;
  for (const [size, value] of list) {
    if (size === 2) view.setUint16(at, value, true);
    else if (size === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += size;
  }
  return bytes;
}

const clip = (value: number): number => Math.min(value, MAX32);

export class ZipWriter {
  readonly #sink: ByteSink;
  readonly #directory: Uint8Array[] = [];
  #offset = 0;
  #count = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  async #write(...parts: readonly Uint8Array[]): Promise<void> {
    for (const part of parts) {
      await this.#sink.write(part);
      this.#offset += part.length;
    }
  }

  /** Adds an entry; its contents start at a multiple of 64 bytes. */
  async add(path: string, contents: Uint8Array): Promise<void> {
    const name = new TextEncoder().encode(path);
    const start = this.#offset;
    const size = contents.length;
    const crc = crc32(contents);
    const wide = size >= MAX32 ? fields([2, 1], [2, 16], [8, size], [8, size]) : new Uint8Array(0);
    const before = start + 30 + name.length + wide.length + 4;
    const padding = (ALIGNMENT - (before % ALIGNMENT)) % ALIGNMENT;
    const extra = wide.length + 4 + padding;
    const common = [
      [2, FLAGS],
      [2, 0],
      [2, 0],
      [2, DATE],
      [4, crc],
      [4, clip(size)],
      [4, clip(size)],
      [2, name.length],
    ] as const;
    await this.#write(
      fields([4, 0x04034b50], [2, 45], ...common, [2, extra]),
      name,
      wide,
      fields([2, 0x4246], [2, padding]),
      new Uint8Array(padding).fill(0x5a),
      contents,
    );
    const long: (readonly [8, number])[] = [];
    if (size >= MAX32) long.push([8, size], [8, size]);
    if (start >= MAX32) long.push([8, start]);
    const longer = long.length === 0 ? new Uint8Array(0) : fields([2, 1], [2, 8 * long.length], ...long);
    this.#directory.push(
      fields([4, 0x02014b50], [2, 45], [2, 45], ...common, [2, longer.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, clip(start)]),
      name,
      longer,
    );
    this.#count++;
  }

  /** Writes the directory. */
  async finish(): Promise<void> {
    const start = this.#offset;
    await this.#write(...this.#directory);
    const size = this.#offset - start;
    if (start >= MAX32 || this.#count >= 0xffff) {
      const record = this.#offset;
      await this.#write(
        fields(
          [4, 0x06064b50],
          [8, 44],
          [2, 45],
          [2, 45],
          [4, 0],
          [4, 0],
          [8, this.#count],
          [8, this.#count],
          [8, size],
          [8, start],
        ),
        fields([4, 0x07064b50], [4, 0], [8, record], [4, 1]),
      );
    }
    const count = Math.min(this.#count, 0xffff);
    await this.#write(fields([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, clip(start)], [2, 0]));
  }
}

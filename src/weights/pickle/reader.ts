/** Reads a pickle stream forward through a window on its bytes, so that a long one is never in memory whole. */
import { OcelliError } from '../../base/errors.ts';
import { type Region, readExact } from '../bytes.ts';
import { limits } from '../limits.ts';

/** Thrown when the window holds too little for the operation at hand; the caller refills it and runs the operation again. */
export class Underrun extends Error {
  /** Offset in the region that the window has to reach. */
  readonly end: number;
  constructor(end: number) {
    super('underrun');
    this.end = end;
  }
}

const WINDOW = 256 * 1024;

export class PickleReader {
  readonly name: string;
  readonly #region: Region;
  #window: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#window.buffer);
  /** Where the window starts in the region. */
  #start: number;
  /** Next byte, from the window's start. */
  #at = 0;

  constructor(name: string, region: Region, offset = 0) {
    this.name = name;
    this.#region = region;
    this.#start = offset;
  }

  /** Offset of the next byte in the region. */
  get position(): number {
    return this.#start + this.#at;
  }

  get size(): number {
    return this.#region.size;
  }

  error(why: string): OcelliError {
    return new OcelliError('format', `${this.name}: damaged pickle at byte ${this.position}: ${why}`);
  }

  /** Goes back to `position` and moves the window so that it holds the bytes from there to `end`, and some more. */
  async refill(position: number, end: number): Promise<void> {
    const length = Math.min(Math.max(end - position, WINDOW), this.size - position);
    this.#window = await readExact(this.#region, position, length, this.name);
    this.#view = new DataView(this.#window.buffer);
    this.#start = position;
    this.#at = 0;
  }

  /** Steps over `length` bytes and returns their index in the window. */
  #take(length: number): number {
    if (length > this.size - this.position)
      throw this.error(`${length} bytes should follow, ${this.size - this.position} are left`);
    const at = this.#at;
    if (at + length > this.#window.length) throw new Underrun(this.position + length);
    this.#at += length;
    return at;
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** Exact up to 2^53; bigger ones are sizes that no file has. */
  uint64(): number {
    const low = this.uint32();
    return low + this.uint32() * 2 ** 32;
  }

  /** Big-endian, as pickles store it. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    const part = this.#window.subarray(at, at + length);
    return length > WINDOW / 4 ? part : part.slice();
  }

  /** The bytes up to a line feed, which is read too. */
  line(): Uint8Array {
    const end = this.#window.indexOf(10, this.#at);
    if (end < 0) {
      const held = this.#window.length - this.#at;
      if (held > limits.lineBytes) throw this.error('a line is too long');
      if (this.#start + this.#window.length >= this.size) throw this.error('a line does not end');
      throw new Underrun(Math.min(this.position + 2 * held + WINDOW, this.size));
    }
    const line = this.#window.slice(this.#at, end);
    this.#at = end + 1;
    return line;
  }
}

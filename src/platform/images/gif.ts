/**
 * The first frame of a GIF as Pillow's `convert('RGB')` gives it: transparent pixels keep their colour in the table. Own code
 * because sharp and browsers make such pixels black.
 */
import type { RgbImage } from '../image.ts';
import { checkPixels, damaged } from './limits.ts';
import { decodeLzw } from './lzw.ts';
import { fullPalette } from './palette.ts';

/** Row orders of an interlaced frame: first row and step (GIF89a specification, appendix E). */
const interlace: readonly (readonly [number, number])[] = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
];

/** A reader that refuses to go past the end. */
class Reader {
  at = 0;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw damaged('GIF', 'it ends before its first frame does');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  byte(): number {
    return this.take(1)[0] as number;
  }

  short(): number {
    return this.byte() + 256 * this.byte();
  }

  /** Data sub-blocks up to the empty one; with `lenient` the end of the bytes ends them too. */
  blocks(lenient: boolean): Uint8Array {
    const parts: Uint8Array[] = [];
    while (!lenient || this.at < this.bytes.length) {
      const length = this.byte();
      if (length === 0) break;
      parts.push(lenient ? this.take(Math.min(length, this.bytes.length - this.at)) : this.take(length));
    }
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** A colour table when bit 7 of the flags says there is one. */
  colors(flags: number): Uint8Array | undefined {
    return flags & 0x80 ? this.take(3 * (2 << (flags & 7))) : undefined;
  }
}

/** @throws format when the bytes are damaged or end before the first frame does */
export function decodeGif(bytes: Uint8Array): RgbImage {
  const reader = new Reader(bytes);
  reader.take(6);
  const screenWidth = reader.short();
  const screenHeight = reader.short();
  const flags = reader.byte();
  reader.take(2);
  const shared = reader.colors(flags);
  let background = 0;
  for (;;) {
    const kind = reader.byte();
    if (kind === 0x21) {
      const label = reader.byte();
      const block = reader.blocks(false);
      if (label === 0xf9 && block.length >= 4 && ((block[0] as number) & 1) === 1) background = block[3] as number;
    } else if (kind === 0x2c) {
      return readFrame(reader, screenWidth, screenHeight, shared, background);
    } else if (kind === 0x3b) {
      throw damaged('GIF', 'it holds no frame');
    }
  }
}

function readFrame(
  reader: Reader,
  screenWidth: number,
  screenHeight: number,
  shared: Uint8Array | undefined,
  background: number,
): RgbImage {
  const left = reader.short();
  const top = reader.short();
  const frameWidth = reader.short();
  const frameHeight = reader.short();
  const flags = reader.byte();
  const table = fullPalette(reader.colors(flags) ?? shared ?? new Uint8Array(0));
  const width = Math.max(screenWidth, left + frameWidth);
  const height = Math.max(screenHeight, top + frameHeight);
  checkPixels('GIF', width, height);
  checkPixels('GIF', frameWidth, frameHeight);
  const codeBits = reader.byte();
  const indices = decodeLzw(reader.blocks(true), codeBits, frameWidth * frameHeight);
  const canvas = new Uint8Array(width * height).fill(background);
  const passes = flags & 0x40 ? interlace : ([[0, 1]] as const);
  let row = 0;
  for (const [first, step] of passes) {
    for (let y = first; y < frameHeight; y += step, row++) {
      canvas.set(indices.subarray(row * frameWidth, (row + 1) * frameWidth), (top + y) * width + left);
    }
  }
  const data = new Uint8Array(width * height * 3);
  for (let i = 0, to = 0; i < canvas.length; i++) {
    const from = (canvas[i] as number) * 3;
    data[to++] = table[from] as number;
    data[to++] = table[from + 1] as number;
    data[to++] = table[from + 2] as number;
  }
  return { width, height, data };
}

/**
 * PNG to what Pillow's `convert('RGB')` gives: alpha and colour keys dropped, 16-bit gray clipped, other 16-bit cut to 8.
 *
 * Own code because browsers' canvases lose colours under alpha, and fast-png inflates without a bound whatever size the header
 * states and refuses files without an end chunk, which Pillow reads.
 */
import type { RgbImage } from '../image.ts';
import { damaged } from './limits.ts';
import { fullPalette, grayPalette } from './palette.ts';
import { unfilter } from './png-filters.ts';
import { type PngHeader, readPngHeader, samplesOf } from './png-header.ts';

/**
 * Inflates a zlib stream given in parts, up to `length` bytes; returns fewer when the stream ends early.
 * @throws anything when the stream is damaged
 */
export type Inflate = (parts: readonly Uint8Array[], length: number) => Uint8Array;

/** A pass of Adam7 interlacing, or the whole picture: first pixel and steps. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

const whole: readonly Pass[] = [{ x: 0, y: 0, dx: 1, dy: 1 }];

/** PNG specification, section 8.2. */
const adam7: readonly Pass[] = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];

/** No deflate stream grows by more: 258 bytes from two bits, and the block's own. */
const maxGrowth = 1040;

/** Writes one row of samples as RGB, `step` bytes between pixels. */
type RowWriter = (data: Uint8Array, at: number, width: number, out: Uint8Array, to: number, step: number) => void;

/** @throws format when the bytes are damaged or end early */
export function decodePng(bytes: Uint8Array, inflate: Inflate): RgbImage {
  const header = readPngHeader(bytes);
  const { width, height } = header;
  const pixelBits = header.depth * (samplesOf.get(header.colorType) as number);
  const passes = (header.interlaced ? adam7 : whole)
    .map((pass) => ({
      ...pass,
      columns: Math.ceil((width - pass.x) / pass.dx),
      rows: Math.ceil((height - pass.y) / pass.dy),
    }))
    .filter((pass) => pass.columns > 0 && pass.rows > 0)
    .map((pass) => ({ ...pass, rowBytes: Math.ceil((pass.columns * pixelBits) / 8) }));
  const length = passes.reduce((sum, pass) => sum + pass.rows * (pass.rowBytes + 1), 0);
  const data = inflateAll(header, inflate, length);
  const write = rowWriter(header);
  const out = new Uint8Array(width * height * 3);
  let at = 0;
  for (const { x, y, dx, dy, columns, rows, rowBytes } of passes) {
    unfilter(data, at, rows, rowBytes, Math.max(1, pixelBits >> 3));
    for (let row = 0; row < rows; row++) {
      write(data, at + 1, columns, out, ((y + row * dy) * width + x) * 3, dx * 3);
      at += rowBytes + 1;
    }
  }
  return { width, height, data: out };
}

function inflateAll(header: PngHeader, inflate: Inflate, length: number): Uint8Array {
  const compressed = header.parts.reduce((sum, part) => sum + part.length, 0);
  if (compressed * maxGrowth < length) throw damaged('PNG', 'it ends before its last row');
  let data: Uint8Array;
  try {
    data = inflate(header.parts, length);
  } catch (error) {
    throw damaged('PNG', 'its compressed data makes no sense', error);
  }
  if (data.length < length) throw damaged('PNG', 'it ends before its last row');
  return data;
}

function rowWriter({ depth, colorType, palette }: PngHeader): RowWriter {
  const bytes = depth >> 3;
  if (colorType === 2) return sampleWriter(3 * bytes, bytes);
  if (colorType === 6) return sampleWriter(4 * bytes, bytes);
  if (colorType === 4) return sampleWriter(2 * bytes, 0);
  if (depth === 16) return clippedWriter;
  return indexWriter(depth, colorType === 3 ? fullPalette(palette) : grayPalette(255 / ((1 << depth) - 1)));
}

/** Whole-byte samples, the high byte of 16-bit ones: pixels `pixelBytes` apart, channels `channelBytes` apart. */
function sampleWriter(pixelBytes: number, channelBytes: number): RowWriter {
  return (data, at, width, out, to, step) => {
    for (let from = at, end = at + width * pixelBytes, into = to; from < end; from += pixelBytes, into += step) {
      out[into] = data[from] as number;
      out[into + 1] = data[from + channelBytes] as number;
      out[into + 2] = data[from + 2 * channelBytes] as number;
    }
  };
}

/** 16-bit gray: values above 255 are white. */
const clippedWriter: RowWriter = (data, at, width, out, to, step) => {
  for (let x = 0, into = to; x < width; x++, into += step) {
    const value = data[at + 2 * x] === 0 ? (data[at + 2 * x + 1] as number) : 255;
    out[into] = value;
    out[into + 1] = value;
    out[into + 2] = value;
  }
};

/** Samples of 1, 2, 4 or 8 bits, high bits first, that index a table of colours. */
function indexWriter(depth: number, table: Uint8Array): RowWriter {
  const mask = (1 << depth) - 1;
  return (data, at, width, out, to, step) => {
    for (let x = 0, into = to; x < width; x++, into += step) {
      const bit = x * depth;
      const index = ((data[at + (bit >> 3)] as number) >> (8 - depth - (bit & 7))) & mask;
      out[into] = table[index * 3] as number;
      out[into + 1] = table[index * 3 + 1] as number;
      out[into + 2] = table[index * 3 + 2] as number;
    }
  };
}

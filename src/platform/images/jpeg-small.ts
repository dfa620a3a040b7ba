/**
 * Decodes small, plain JPEG files: baseline, 8 bits, gray or YCbCr, equal in every bit to libjpeg's. Own code because sharp
 * takes over half a millisecond for any picture however small, many times what decoding one of 32x32 takes, and data sets
 * have tens of thousands of them. Everything else, and everything odd, is left to sharp. Format: ITU-T T.81.
 */
import type { RgbImage } from '../image.ts';
import { jpegSize, readSegments, type Segment } from './jpeg.ts';
import { type HuffmanTable, huffmanTable, ScanBits } from './jpeg-huffman.ts';
import { inverseCosine } from './jpeg-idct.ts';
import { type Plane, planesToRgb, upsampled } from './jpeg-planes.ts';

/** Pixels up to which this is faster than sharp. */
const MOST_PIXELS = 128 * 128;

/** Where the coefficients stand in a block, in the order of the file. */
const zigzag: Uint8Array = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48],
  ...[41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23],
  ...[30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63],
);

/** A component of the frame, with its tables and the samples to be. */
interface Component {
  readonly id: number;
  readonly wide: number;
  readonly high: number;
  readonly quantizer: Uint16Array;
  readonly plane: Plane;
  dc?: HuffmanTable | undefined;
  ac?: HuffmanTable | undefined;
  /** The last block's first coefficient. */
  last: number;
}

/** Thrown and caught here: the file is nothing for this decoder. */
class NotPlain extends Error {}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new NotPlain();
  return value;
}

function check(plain: boolean): void {
  if (!plain) throw new NotPlain();
}

/**
 * The picture, or undefined when it is not small or not plain.
 * @param most the most pixels it may have
 * @throws format for a file that ends before its image does, or has no size
 */
export function decodeSmallJpeg(bytes: Uint8Array, most: number = MOST_PIXELS): RgbImage | undefined {
  const segments = readSegments(bytes);
  const { width, height } = jpegSize(bytes, segments);
  if (width * height > most || width === 0 || height === 0) return undefined;
  try {
    const components = decodeComponents(bytes, segments, width, height);
    const [luma] = components as [Component];
    const planes = components.map(({ plane, wide, high }) => upsampled(plane, luma.wide / wide, luma.high / high));
    return { width, height, data: planesToRgb(planes, width, height) };
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

/** Everything that stands before the scan. */
interface Tables {
  readonly quantizers: (Uint16Array | undefined)[];
  /** 0 to 3 are for first coefficients, 16 to 19 for the others. */
  readonly huffman: (HuffmanTable | undefined)[];
  restart: number;
}

function decodeComponents(bytes: Uint8Array, segments: readonly Segment[], width: number, height: number): Component[] {
  const tables: Tables = { quantizers: [], huffman: [], restart: 0 };
  let frame: Uint8Array | undefined;
  let jfif = false;
  for (const [i, { marker, start, end }] of segments.entries()) {
    const body = bytes.subarray(start, end);
    if (marker === 0xdb) readQuantizers(body, tables);
    else if (marker === 0xc4) readHuffman(body, tables);
    else if (marker === 0xdd) tables.restart = need(body[0]) * 256 + need(body[1]);
    else if (marker === 0xc0 || marker === 0xc1) {
      check(frame === undefined);
      frame = body;
    } else if (marker === 0xe0) jfif ||= String.fromCharCode(...body.subarray(0, 5)) === 'JFIF\0';
    else if (marker === 0xda) {
      // One scan has all components, and the picture ends behind it.
      check(i === segments.length - 1 && frame !== undefined);
      const components = readFrame(need(frame), width, height, tables, jfif);
      readScan(body, components, tables);
      decodeScan(bytes, end, components, tables.restart);
      return components;
    } else check((marker >= 0xe1 && marker <= 0xef && marker !== 0xee) || marker === 0xfe);
  }
  throw new NotPlain();
}

function readQuantizers(body: Uint8Array, { quantizers }: Tables): void {
  for (let at = 0; at < body.length; ) {
    const head = need(body[at++]);
    const size = head >> 4 === 0 ? 1 : 2;
    check(head >> 4 <= 1 && (head & 15) <= 3 && at + 64 * size <= body.length);
    const values = new Uint16Array(64);
    for (let i = 0; i < 64; i++, at += size) {
      values[i] = size === 1 ? need(body[at]) : need(body[at]) * 256 + need(body[at + 1]);
    }
    quantizers[head & 15] = values;
  }
}

function readHuffman(body: Uint8Array, { huffman }: Tables): void {
  for (let at = 0; at < body.length; ) {
    const head = need(body[at]);
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    check((head & 0xee) === 0 && counts.length === 16 && at + 17 + total <= body.length);
    huffman[head] = need(huffmanTable(counts, body.subarray(at + 17, at + 17 + total)));
    at += 17 + total;
  }
}

function readFrame(body: Uint8Array, width: number, height: number, { quantizers }: Tables, jfif: boolean): Component[] {
  const count = body[5];
  check(body[0] === 8 && (count === 1 || count === 3) && body.length === 6 + 3 * count);
  const parts = Array.from({ length: need(count) }, (_, i) => {
    const [id, sampling, quantizer] = [0, 1, 2].map((offset) => need(body[6 + 3 * i + offset])) as [number, number, number];
    return { id, wide: sampling >> 4, high: sampling & 15, quantizer: need(quantizers[quantizer]) };
  });
  const [first, ...others] = parts as [(typeof parts)[number], ...typeof parts];
  // Without JFIF's mark, components are YCbCr when they are numbered so.
  check(jfif || count === 1 || parts.every(({ id }, i) => id === i + 1));
  check(['11', '21', '22'].includes(`${first.wide}${first.high}`) || count === 1);
  check(others.every(({ wide, high }) => wide === 1 && high === 1));
  return parts.map((part) => {
    // A single component's blocks are not grouped, whatever its sampling says.
    const [wide, high] = count === 1 ? [1, 1] : [part.wide, part.high];
    const [most, tallest] = count === 1 ? [1, 1] : [first.wide, first.high];
    const stride = Math.ceil(width / (8 * most)) * 8 * wide;
    const rows = Math.ceil(height / (8 * tallest)) * 8 * high;
    const plane: Plane = {
      data: new Uint8Array(stride * rows),
      width: Math.ceil((width * wide) / most),
      height: Math.ceil((height * high) / tallest),
      stride,
    };
    return { id: part.id, wide, high, quantizer: part.quantizer, plane, last: 0 };
  });
}

function readScan(body: Uint8Array, components: Component[], { huffman }: Tables): void {
  check(body[0] === components.length && body.length === 4 + 2 * components.length);
  for (const [i, component] of components.entries()) {
    const tables = need(body[2 + 2 * i]);
    check(body[1 + 2 * i] === component.id);
    component.dc = need(huffman[tables >> 4]);
    component.ac = need(huffman[16 + (tables & 15)]);
  }
  const rest = body.subarray(1 + 2 * components.length);
  check(rest[0] === 0 && rest[1] === 63 && rest[2] === 0);
}

function decodeScan(bytes: Uint8Array, start: number, components: readonly Component[], restart: number): void {
  const bits = new ScanBits(bytes, start);
  const block = new Int32Array(64);
  const { plane, wide, high } = components[0] as Component;
  const across = plane.stride / (8 * wide);
  const units = across * (plane.data.length / plane.stride / (8 * high));
  for (let unit = 0; unit < units; unit++) {
    if (restart > 0 && unit > 0 && unit % restart === 0) {
      check(bits.restart((unit / restart - 1) & 7));
      for (const component of components) component.last = 0;
    }
    const left = unit % across;
    const top = Math.floor(unit / across);
    for (const component of components) {
      const { stride, data } = component.plane;
      for (let y = 0; y < component.high; y++) {
        for (let x = 0; x < component.wide; x++) {
          const flat = decodeBlock(bits, component, block);
          const to = (top * component.high + y) * 8 * stride + (left * component.wide + x) * 8;
          inverseCosine(block, flat, data, to, stride);
        }
      }
    }
    check(!bits.exhausted);
  }
}

/** Reads a block's coefficients times their quantizers; true when all but the first are zero. */
function decodeBlock(bits: ScanBits, component: Component, block: Int32Array): boolean {
  const { quantizer } = component;
  block.fill(0);
  const size = bits.symbol(component.dc as HuffmanTable);
  check(size >= 0 && size <= 11);
  component.last += bits.number(size);
  block[0] = component.last * (quantizer[0] as number);
  let flat = true;
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(component.ac as HuffmanTable);
    check(symbol >= 0);
    const length = symbol & 15;
    if (length === 0) {
      if (symbol !== 0xf0) return flat;
      k += 15;
      continue;
    }
    k += symbol >> 4;
    check(k < 64 && length <= 10);
    block[zigzag[k] as number] = bits.number(length) * (quantizer[k] as number);
    flat = false;
  }
  return flat;
}

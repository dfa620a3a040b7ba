/** Reads the chunks of a PNG that Pillow reads for its pixels: header, palette, image data. */
import { checkPixels, damaged } from './limits.ts';

/** What the pixels of a PNG are. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of one sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** 0 gray, 2 RGB, 3 indexed, 4 gray and alpha, 6 RGBA. */
  readonly colorType: number;
  readonly interlaced: boolean;
  /** Red, green, blue of each entry; empty without a palette. */
  readonly palette: Uint8Array;
  /** The compressed image data, in order. */
  readonly parts: readonly Uint8Array[];
}

/** Samples a pixel, by colour type. */
export const samplesOf: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);

const depthsOf: ReadonlyMap<number, readonly number[]> = new Map([
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
]);

/** CRC-32 of the PNG specification, annex D, bit by bit: it only runs over short chunks. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/**
 * The header, palette and image data. Checksums of header and palette are checked; other chunks, and whatever follows the
 * image data, are not looked at.
 * @throws format when the header is damaged or there is no image data
 */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let head: Omit<PngHeader, 'palette' | 'parts'> | undefined;
  let palette = new Uint8Array(0);
  const parts: Uint8Array[] = [];
  for (let at = 8; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (type !== 'IDAT' && parts.length > 0) break;
    if (type === 'IDAT') parts.push(body);
    if (head === undefined && type !== 'IHDR') throw damaged('PNG', 'it does not begin with a header');
    if (type === 'IHDR' || type === 'PLTE') {
      if (at + 12 + length > bytes.length) throw damaged('PNG', `it ends inside the ${type} chunk`);
      if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) {
        throw damaged('PNG', `the checksum of its ${type} chunk is wrong`);
      }
      if (type === 'IHDR') head = parseHead(body);
      else palette = body.slice();
    }
    at += 12 + length;
  }
  if (head === undefined || parts.length === 0) throw damaged('PNG', 'it ends before its image data');
  return { ...head, palette, parts };
}

function parseHead(body: Uint8Array): Omit<PngHeader, 'palette' | 'parts'> {
  if (body.length < 13) throw damaged('PNG', 'its header is too short');
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const depth = view.getUint8(8);
  const colorType = view.getUint8(9);
  if (!depthsOf.get(colorType)?.includes(depth)) {
    throw damaged('PNG', `colour type ${colorType} with ${depth} bits a sample does not exist`);
  }
  if (view.getUint8(10) !== 0 || view.getUint8(11) !== 0 || view.getUint8(12) > 1) {
    throw damaged('PNG', 'its compression, filter or interlace method does not exist');
  }
  checkPixels('PNG', width, height);
  return { width, height, depth, colorType, interlaced: view.getUint8(12) === 1 };
}

/**
 * Uncompressed Windows bitmaps of 1, 4, 8, 16, 24 and 32 bits as Pillow's `convert('RGB')` gives them. Own code because sharp
 * does not read them.
 */
import { OcelliError } from '../../base/errors.ts';
import type { RgbImage } from '../image.ts';
import { checkPixels, damaged } from './limits.ts';
import { fullPalette } from './palette.ts';

interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  /** Red, green and blue masks; undefined for the usual ones of the depth. */
  readonly masks: readonly [number, number, number] | undefined;
  readonly palette: Uint8Array;
  /** Where the pixels begin. */
  readonly start: number;
}

/** A channel's place in a pixel of 16 or 32 bits: `value = (pixel >>> shift) & top`, scaled so that `top` is 255. */
interface Channel {
  readonly shift: number;
  readonly top: number;
}

/**
 * @throws format when the bytes are damaged or end early
 * @throws unsupported for run-length coded bitmaps and depths nobody writes
 */
export function decodeBmp(bytes: Uint8Array): RgbImage {
  const header = readHeader(bytes);
  const { width, height, bits } = header;
  const pitch = Math.ceil((width * bits) / 32) * 4;
  const needed = pitch * (height - 1) + Math.ceil((width * bits) / 8);
  if (header.start + needed > bytes.length) throw damaged('BMP', 'it ends before its last row');
  const data = new Uint8Array(width * height * 3);
  const writeRow = bits <= 8 ? indexedRow(header.palette, bits) : bits === 24 ? rgbRow : maskedRow(bits, header.masks);
  for (let y = 0; y < height; y++) {
    writeRow(bytes, header.start + pitch * y, width, data, (header.topDown ? y : height - 1 - y) * width * 3);
  }
  return { width, height, data };
}

function readHeader(bytes: Uint8Array): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.length >= 26 ? view.getUint32(14, true) : 0;
  const core = size === 12;
  if ((!core && size < 40) || bytes.length < 14 + size) throw damaged('BMP', 'its header is cut short');
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  const tall = core ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(core ? 24 : 28, true);
  const compression = core ? 0 : view.getUint32(30, true);
  const height = Math.abs(tall);
  checkPixels('BMP', width, height);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw new OcelliError('unsupported', `BMP of ${bits} bits a pixel: save it as PNG`);
  const masked = compression === 3 && (bits === 16 || bits === 32);
  if (compression !== 0 && !masked) {
    throw new OcelliError('unsupported', 'BMP with compressed pixels: save it uncompressed or as PNG');
  }
  let end = 14 + size;
  if (masked && size === 40) end += 12;
  if (end > bytes.length) throw damaged('BMP', 'its header is cut short');
  const masks = masked ? ([view.getUint32(54, true), view.getUint32(58, true), view.getUint32(62, true)] as const) : undefined;
  const declared = core ? 0 : view.getUint32(46, true);
  const entries = bits > 8 ? 0 : Math.min(1 << bits, declared || 1 << bits);
  const entryBytes = core ? 3 : 4;
  if (end + entries * entryBytes > bytes.length) throw damaged('BMP', 'its colour table is cut short');
  const colors = new Uint8Array(entries * 3);
  for (let i = 0; i < entries; i++) {
    const from = end + i * entryBytes;
    colors.set([bytes[from + 2] as number, bytes[from + 1] as number, bytes[from] as number], i * 3);
  }
  return { width, height, topDown: tall < 0, bits, masks, palette: fullPalette(colors), start: view.getUint32(10, true) };
}

type RowWriter = (bytes: Uint8Array, at: number, width: number, out: Uint8Array, to: number) => void;

function indexedRow(table: Uint8Array, bits: number): RowWriter {
  const mask = (1 << bits) - 1;
  return (bytes, at, width, out, to) => {
    for (let x = 0; x < width; x++) {
      const bit = x * bits;
      const index = ((bytes[at + (bit >> 3)] as number) >> (8 - bits - (bit & 7))) & mask;
      out.set(table.subarray(index * 3, index * 3 + 3), to + x * 3);
    }
  };
}

const rgbRow: RowWriter = (bytes, at, width, out, to) => {
  for (let i = 0; i < width * 3; i += 3) {
    out[to + i] = bytes[at + i + 2] as number;
    out[to + i + 1] = bytes[at + i + 1] as number;
    out[to + i + 2] = bytes[at + i] as number;
  }
};

function channelOf(mask: number): Channel {
  if (mask === 0) throw damaged('BMP', 'a channel has no bits');
  const shift = 31 - Math.clz32(mask & -mask);
  return { shift, top: mask >>> shift };
}

function maskedRow(bits: number, masks: BmpHeader['masks']): RowWriter {
  const bytesPerPixel = bits >> 3;
  const channels = (masks ?? (bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff])).map(channelOf);
  return (bytes, at, width, out, to) => {
    for (let x = 0, from = at; x < width; x++, from += bytesPerPixel) {
      let pixel = 0;
      for (let i = bytesPerPixel - 1; i >= 0; i--) pixel = (pixel << 8) | (bytes[from + i] as number);
      for (const [index, { shift, top }] of channels.entries()) {
        out[to + x * 3 + index] = Math.trunc((((pixel >>> shift) & top) * 255) / top);
      }
    }
  };
}

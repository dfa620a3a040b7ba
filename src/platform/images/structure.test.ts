/** Exif is hidden from browsers, cut files are noticed, hostile headers cost nothing. */
import { describe, expect, it } from 'vitest';
import { inflate } from './inflate.ts';
import { hideExif, jpegSize, readSegments } from './jpeg.ts';
import { decodePng } from './png.ts';
import { hasAlpha, hideWebpExif, readChunks } from './webp.ts';

const text = (value: string): number[] => [...value].map((letter) => letter.charCodeAt(0));
const segment = (marker: number, payload: readonly number[]): number[] => [
  0xff,
  marker,
  (payload.length + 2) >> 8,
  (payload.length + 2) & 255,
  ...payload,
];

/** Exif whose orientation says "rotate by 90 degrees". */
const exif = segment(0xe1, [...text('Exif\0\0II*\0'), 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
const xmp = segment(0xe1, text('http://ns.adobe.com/xap/1.0/\0Exif'));
const frame = segment(0xc2, [8, 0, 3, 0, 5, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
const scan = [...segment(0xda, [1, 1, 0, 0, 63, 0]), 1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 0xff, 0xff];
const end = [0xff, 0xd9];
const jpeg = (...parts: number[][]): Uint8Array => Uint8Array.from([0xff, 0xd8, ...parts.flat()]);

describe('JPEG', () => {
  it('Exif is renamed, all else is as it was', () => {
    const bytes = jpeg(exif, xmp, exif, frame, scan, end, text('Exif after the end'));
    const before = bytes.slice();
    const out = hideExif(bytes, readSegments(bytes));
    expect(bytes).toEqual(before);
    const changed = [...out.keys()].filter((at) => out[at] !== bytes[at]);
    const second = 2 + exif.length + xmp.length;
    expect(changed).toEqual([6, 7, 8, 9, second + 4, second + 5, second + 6, second + 7]);
    expect(out.length).toBe(bytes.length);
  });

  it('without Exif nothing is copied', () => {
    const bytes = jpeg(xmp, frame, scan, end);
    expect(hideExif(bytes, readSegments(bytes))).toBe(bytes);
  });

  it('gives the size of the frame', () => {
    const bytes = jpeg(exif, frame, scan, end);
    expect(jpegSize(bytes, readSegments(bytes))).toEqual({ width: 5, height: 3, channels: 3 });
    const none = jpeg(exif, scan, end);
    expect(() => jpegSize(none, readSegments(none))).toThrow(/no frame header/);
  });

  it('a file without its end is refused at every length', () => {
    const bytes = jpeg(exif, frame, scan, scan, end);
    for (let length = 2; length < bytes.length; length++) {
      expect(() => readSegments(bytes.subarray(0, length))).toThrow(/damaged JPEG: it ends/);
    }
    expect(readSegments(bytes).map(({ marker }) => marker)).toEqual([0xe1, 0xc2, 0xda, 0xda]);
  });
});

describe('WebP', () => {
  const chunk = (type: string, payload: readonly number[]): number[] => [
    ...text(type),
    payload.length,
    0,
    0,
    0,
    ...payload,
    ...(payload.length & 1 ? [0] : []),
  ];
  const webp = (...chunks: number[][]): Uint8Array => {
    const body = [...text('WEBP'), ...chunks.flat()];
    return Uint8Array.from([...text('RIFF'), body.length, 0, 0, 0, ...body]);
  };

  it('Exif is renamed; alpha is told by the flags', () => {
    const bytes = webp(chunk('VP8X', [0x18, 0, 0, 0, 1, 0, 0, 1, 0, 0]), chunk('VP8 ', [1, 2, 3]), chunk('EXIF', [9, 9]));
    const chunks = readChunks(bytes);
    expect(hasAlpha(bytes, chunks)).toBe(true);
    const out = hideWebpExif(bytes, chunks);
    expect(String.fromCharCode(...out.subarray(-10, -6))).toBe('____');
    expect(readChunks(out)).toHaveLength(3);
    const plain = webp(chunk('VP8 ', [1, 2, 3]));
    expect(hideWebpExif(plain, readChunks(plain))).toBe(plain);
    expect(hasAlpha(plain, readChunks(plain))).toBe(false);
    const lossless = webp(chunk('VP8L', [0x2f, 0, 0, 0, 0x10]));
    expect(hasAlpha(lossless, readChunks(lossless))).toBe(true);
  });

  it('a cut file is refused', () => {
    const bytes = webp(chunk('VP8 ', [1, 2, 3, 4]));
    for (let length = 12; length < bytes.length; length++) {
      expect(() => readChunks(bytes.subarray(0, length))).toThrow(/damaged WebP: it ends/);
    }
  });
});

describe('PNG', () => {
  /** A header whose checksum is right, and `data` as its image data. */
  const png = (header: readonly number[], crc: readonly number[], data: readonly number[]): Uint8Array =>
    Uint8Array.from([
      0x89,
      ...text('PNG\r\n\x1a\n'),
      ...[0, 0, 0, 13, ...text('IHDR'), ...header, ...crc],
      ...[0, 0, 0, data.length, ...text('IDAT'), ...data, 0, 0, 0, 0],
    ]);
  const header = [0, 0, 0x30, 0, 0, 0, 0x30, 0, 8, 6, 0, 0, 0];

  it('a huge size with little data is refused before memory is taken', () => {
    const crc = [0xbb, 0x82, 0x92, 0x5c];
    const bytes = png(header, crc, [0x78, 0x9c, 3, 0]);
    let asked = 0;
    const spy = (parts: readonly Uint8Array[], length: number): Uint8Array => {
      asked = length;
      return inflate(parts, length);
    };
    expect(() => decodePng(bytes, spy)).toThrow(/damaged PNG: it ends before its last row/);
    expect(asked).toBe(0);
  });
});

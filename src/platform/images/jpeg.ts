/** The marker structure of JPEG files: is the file whole, and where does it say how to turn the picture. */
import { damaged } from './limits.ts';

/** A marker segment before or between scans. */
export interface Segment {
  /** Second byte of the marker. */
  readonly marker: number;
  /** Where the payload begins, after the length. */
  readonly start: number;
  /** Where the payload ends. */
  readonly end: number;
}

const startOfScan = 0xda;
const endOfImage = 0xd9;
const app1 = 0xe1;

/** True for markers without a payload: TEM, restarts, start and end of image. */
function isBare(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9);
}

/** Where the next marker begins at or after `at`, skipping entropy-coded data, stuffed zeros and restarts; -1 when none. */
function nextMarker(bytes: Uint8Array, at: number): number {
  for (let from = bytes.indexOf(0xff, at); from >= 0 && from + 1 < bytes.length; from = bytes.indexOf(0xff, from + 1)) {
    const marker = bytes[from + 1] as number;
    if (marker !== 0 && marker !== 0xff && !(marker >= 0xd0 && marker <= 0xd7)) return from;
  }
  return -1;
}

/**
 * The segments of a JPEG up to the end of its image.
 * @throws format when the file ends before the image does
 */
export function readSegments(bytes: Uint8Array): Segment[] {
  const segments: Segment[] = [];
  let at = 2;
  for (;;) {
    const from = nextMarker(bytes, at);
    if (from < 0) throw damaged('JPEG', 'it ends before its image does');
    const marker = bytes[from + 1] as number;
    if (marker === endOfImage) return segments;
    at = from + 2;
    if (isBare(marker)) continue;
    if (at + 2 > bytes.length) throw damaged('JPEG', 'it ends inside a segment');
    const end = at + Math.max(2, (bytes[at] as number) * 256 + (bytes[at + 1] as number));
    if (end > bytes.length) throw damaged('JPEG', 'it ends inside a segment');
    segments.push({ marker, start: at + 2, end });
    at = end;
  }
}

/** Width and height as the frame header gives them. @throws format without a frame header */
export function jpegSize(bytes: Uint8Array, segments: readonly Segment[]): { width: number; height: number; channels: number } {
  const frame = segments.find(
    ({ marker, start, end }) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker) && end - start >= 6,
  );
  if (frame === undefined) throw damaged('JPEG', 'it has no frame header');
  const view = new DataView(bytes.buffer, bytes.byteOffset + frame.start, 6);
  return { height: view.getUint16(1), width: view.getUint16(3), channels: view.getUint8(5) };
}

/**
 * The same picture without Exif data, whose orientation tag browsers obey even when told not to; a copy when there is any.
 * The segments stay where they are under another name.
 */
export function hideExif(bytes: Uint8Array, segments: readonly Segment[]): Uint8Array {
  let out = bytes;
  for (const { marker, start, end } of segments) {
    if (marker === startOfScan) break;
    if (marker !== app1 || end - start < 6 || String.fromCharCode(...bytes.subarray(start, start + 4)) !== 'Exif') continue;
    if (out === bytes) out = bytes.slice();
    out.fill(0x5f, start, start + 4);
  }
  return out;
}

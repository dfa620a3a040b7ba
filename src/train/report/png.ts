/** Small PNG pictures for reports. Of its libraries, sharp is optional and absent in browsers, so only deflate is one's. */
import { concatBytes } from '@noble/hashes/utils.js';
import { zlibSync } from 'fflate';
import type { Picture } from '../../platform/image.ts';
import { crc32 } from '../../weights/crc32.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A picture as an 8-bit gray or RGB PNG (W3C PNG specification, sections 5 and 11). */
export function encodePng({ width, height, channels, data }: Picture): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, channels === 1 ? 0 : 2, 0, 0, 0], 8);
  const pitch = width * channels;
  // Each row begins with its filter; 0 is none.
  const rows = new Uint8Array((pitch + 1) * height);
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * pitch, (y + 1) * pitch), y * (pitch + 1) + 1);
  return concatBytes(
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(rows)),
    chunk('IEND', new Uint8Array()),
  );
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}

/** The picture as an address that an `<img>` can have. */
export function pngDataUrl(picture: Picture): string {
  let binary = '';
  for (const byte of encodePng(picture)) binary += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(binary)}`;
}

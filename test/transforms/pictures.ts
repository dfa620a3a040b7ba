/** Pictures filled by the documented hash, and short digests, as `reference.py` makes them. */
import { createHash } from 'node:crypto';
import { randomBits } from '../../src/base/random.ts';
import type { RgbImage } from '../../src/platform/image.ts';

/** Byte i is `randomBits(key, i) & 255`. */
export function hashedPicture(key: number, width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = randomBits(key, i) & 255;
  return { width, height, data };
}

/** First 16 hex digits of the SHA-256. */
export function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

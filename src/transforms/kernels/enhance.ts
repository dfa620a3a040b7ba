/**
 * Brightness, contrast, saturation and sharpness as Pillow's ImageEnhance changes them: between (or beyond) a picture d that
 * has nothing of it and the picture p itself, d + factor * (p - d) in float32, cut to bytes and truncated.
 */
import type { Picture } from '../../platform/image.ts';
import { luma, meanGray } from './gray.ts';
import { mapBytes, tableOf } from './point.ts';
import { smooth } from './smooth.ts';

/** factor * difference in float32, for differences from -255 at index 0 to 255 at index 510. */
function scaledDifferences(factor: number): Float32Array {
  const alpha = Math.fround(factor);
  const table = new Float32Array(511);
  for (let i = 0; i < 511; i++) table[i] = alpha * (i - 255);
  return table;
}

/** The whole number between (or beyond) `from` and `to`, for clamped memory to cut to a byte; `scaled` is the table above. */
function blended(scaled: Float32Array, from: number, to: number): number {
  return Math.fround(from + (scaled[to - from + 255] as number)) | 0;
}

/** Between one gray and the picture. */
function fromGray(picture: Picture, gray: number, factor: number): Picture {
  if (Math.fround(factor) === 1) return picture;
  const scaled = scaledDifferences(factor);
  return mapBytes(picture, [tableOf((byte) => Math.min(255, Math.max(0, blended(scaled, gray, byte))))]);
}

/** 0 is black, 1 the picture, more is brighter. */
export function adjustBrightness(picture: Picture, factor: number): Picture {
  return fromGray(picture, 0, factor);
}

/** 0 is all mean gray, 1 the picture, more has stronger contrast. */
export function adjustContrast(picture: Picture, factor: number): Picture {
  return Math.fround(factor) === 1 ? picture : fromGray(picture, meanGray(picture), factor);
}

/** 0 is gray, 1 the picture, more is more colourful. Gray pictures stay. */
export function adjustSaturation(picture: Picture, factor: number): Picture {
  const { width, height, channels, data } = picture;
  if (channels === 1 || Math.fround(factor) === 1) return picture;
  const scaled = scaledDifferences(factor);
  const out = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i] as number;
    const green = data[i + 1] as number;
    const blue = data[i + 2] as number;
    const gray = luma(red, green, blue);
    out[i] = blended(scaled, gray, red);
    out[i + 1] = blended(scaled, gray, green);
    out[i + 2] = blended(scaled, gray, blue);
  }
  return { width, height, channels, data: new Uint8Array(out.buffer) };
}

/** 0 is smoothed, 1 the picture, more is sharper. */
export function adjustSharpness(picture: Picture, factor: number): Picture {
  if (Math.fround(factor) === 1) return picture;
  const { width, height, channels, data } = picture;
  const scaled = scaledDifferences(factor);
  const out = new Uint8ClampedArray(smooth(picture).buffer);
  for (let i = 0; i < data.length; i++) out[i] = blended(scaled, out[i] as number, data[i] as number);
  return { width, height, channels, data: new Uint8Array(out.buffer) };
}

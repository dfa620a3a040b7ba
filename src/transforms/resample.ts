/** Pillow's two-pass fixed-point resampling of 8-bit pictures, for a window of the result. */
import type { Picture } from '../platform/image.ts';
import { type Coefficients, coefficients, precisionBits } from './coefficients.ts';
import type { Kernel } from './interpolation.ts';
import type { Window } from './window.ts';

/** One half in fixed point: sums start here, so that dropping the fraction rounds. */
const half = 1 << (precisionBits - 1);

/** Bytes in rows that are `pitch` apart, the first at `offset`. */
interface Rows {
  readonly data: Uint8Array;
  readonly offset: number;
  readonly pitch: number;
}

/**
 * The window of the picture resampled to `width` x `height`: rows first, then columns, each pass rounded to 8 bits; an axis
 * that keeps its size is left alone, and at least one must change.
 */
export function resample(image: Picture, width: number, height: number, kernel: Kernel, window: Window): Picture {
  const { channels } = image;
  const result = { width: window.width, height: window.height, channels };
  const pitch = window.width * channels;
  if (image.height === height) return { ...result, data: resampleRows(image, width, kernel, window) };
  const vertical = coefficients(kernel, image.height, height, window.top, window.height);
  const last = window.height - 1;
  const top = vertical.first[0] as number;
  const end = (vertical.first[last] as number) + (vertical.taps[last] as number);
  const read = { left: window.left, top, width: window.width, height: end - top };
  const rows: Rows =
    image.width === width
      ? { data: image.data, offset: (top * width + window.left) * channels, pitch: width * channels }
      : { data: resampleRows(image, width, kernel, read), offset: 0, pitch };
  return { ...result, data: resampleColumns(rows, vertical, top, pitch) };
}

/** The horizontal pass over the picture's rows [top, top + height), for the output columns [left, left + width). */
function resampleRows(image: Picture, width: number, kernel: Kernel, window: Window): Uint8Array {
  const axis = coefficients(kernel, image.width, width, window.left, window.width);
  return image.channels === 3 ? resampleRgbRows(image, axis, window) : resampleGrayRows(image, axis, window);
}

function resampleGrayRows(image: Picture, { stride, first, taps, weights }: Coefficients, window: Window): Uint8Array {
  const source = image.data;
  const data = new Uint8ClampedArray(window.width * window.height);
  let out = 0;
  for (let y = 0; y < window.height; y++) {
    const row = (window.top + y) * image.width;
    for (let x = 0; x < window.width; x++) {
      let from = row + (first[x] as number);
      let weight = x * stride;
      const end = weight + (taps[x] as number);
      let sum = half;
      while (weight < end) sum = (sum + Math.imul(source[from++] as number, weights[weight++] as number)) | 0;
      data[out++] = sum >> precisionBits;
    }
  }
  return new Uint8Array(data.buffer);
}

function resampleRgbRows(image: Picture, { stride, first, taps, weights }: Coefficients, window: Window): Uint8Array {
  const source = image.data;
  const data = new Uint8ClampedArray(window.width * window.height * 3);
  let out = 0;
  for (let y = 0; y < window.height; y++) {
    const row = (window.top + y) * image.width * 3;
    for (let x = 0; x < window.width; x++) {
      let from = row + (first[x] as number) * 3;
      let weight = x * stride;
      const end = weight + (taps[x] as number);
      let red = half;
      let green = half;
      let blue = half;
      for (; weight + 1 < end; weight += 2) {
        const a = weights[weight] as number;
        const b = weights[weight + 1] as number;
        red = (red + Math.imul(source[from] as number, a) + Math.imul(source[from + 3] as number, b)) | 0;
        green = (green + Math.imul(source[from + 1] as number, a) + Math.imul(source[from + 4] as number, b)) | 0;
        blue = (blue + Math.imul(source[from + 2] as number, a) + Math.imul(source[from + 5] as number, b)) | 0;
        from += 6;
      }
      if (weight < end) {
        const a = weights[weight] as number;
        red = (red + Math.imul(source[from] as number, a)) | 0;
        green = (green + Math.imul(source[from + 1] as number, a)) | 0;
        blue = (blue + Math.imul(source[from + 2] as number, a)) | 0;
      }
      data[out] = red >> precisionBits;
      data[out + 1] = green >> precisionBits;
      data[out + 2] = blue >> precisionBits;
      out += 3;
    }
  }
  return new Uint8Array(data.buffer);
}

/** The vertical pass; `rows` begins at input row `top` and `rowBytes` of each row are wanted. Four bytes at once share a weight. */
function resampleColumns(rows: Rows, { stride, first, taps, weights }: Coefficients, top: number, rowBytes: number): Uint8Array {
  const { data: source, pitch } = rows;
  const data = new Uint8ClampedArray(first.length * rowBytes);
  const fours = rowBytes & ~3;
  let out = 0;
  for (let y = 0; y < first.length; y++) {
    const start = rows.offset + ((first[y] as number) - top) * pitch;
    const begin = y * stride;
    const end = begin + (taps[y] as number);
    for (let i = 0; i < fours; i += 4) {
      let from = start + i;
      let s0 = half;
      let s1 = half;
      let s2 = half;
      let s3 = half;
      for (let weight = begin; weight < end; weight++) {
        const factor = weights[weight] as number;
        s0 = (s0 + Math.imul(source[from] as number, factor)) | 0;
        s1 = (s1 + Math.imul(source[from + 1] as number, factor)) | 0;
        s2 = (s2 + Math.imul(source[from + 2] as number, factor)) | 0;
        s3 = (s3 + Math.imul(source[from + 3] as number, factor)) | 0;
        from += pitch;
      }
      data[out] = s0 >> precisionBits;
      data[out + 1] = s1 >> precisionBits;
      data[out + 2] = s2 >> precisionBits;
      data[out + 3] = s3 >> precisionBits;
      out += 4;
    }
    for (let i = fours; i < rowBytes; i++) {
      let from = start + i;
      let sum = half;
      for (let weight = begin; weight < end; weight++) {
        sum = (sum + Math.imul(source[from] as number, weights[weight] as number)) | 0;
        from += pitch;
      }
      data[out++] = sum >> precisionBits;
    }
  }
  return new Uint8Array(data.buffer);
}

/** Resizes 8-bit RGB pictures to the bit as Pillow does, whole or only a window of the result. */
import { OcelliError } from '../base/errors.ts';
import type { RgbImage } from '../platform/image.ts';
import { type Coefficients, coefficients, precisionBits } from './coefficients.ts';
import { type Interpolation, type Kernel, kernels } from './interpolation.ts';

/** A rectangle of pixels. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const half = 1 << (precisionBits - 1);

/** @throws shape unless the size is positive and `data` has three bytes a pixel */
export function checkImage(image: RgbImage): void {
  const { width, height, data } = image;
  checkSize('picture', width, height);
  if (data.length !== width * height * 3) {
    throw new OcelliError('shape', `a ${width}x${height} picture needs ${width * height * 3} bytes of RGB, ${data.length} came`);
  }
}

/** @throws shape unless both are positive integers */
export function checkSize(what: string, width: number, height: number): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new OcelliError('shape', `${what} size must be positive whole numbers, ${width}x${height} came`);
  }
}

/**
 * The picture at another size, equal in every bit to Pillow's `Image.resize((width, height), mode)`.
 * @throws shape for sizes that are no positive integers
 */
export function resize(image: RgbImage, width: number, height: number, interpolation: Interpolation = 'bilinear'): RgbImage {
  return resizeWindow(image, width, height, interpolation, { left: 0, top: 0, width, height });
}

/**
 * What `resize` then cutting out `window` gives, computing only the window: a 224x224 crop of an extreme panorama costs
 * what the crop costs.
 * @throws shape when the window leaves the resized picture
 */
export function resizeWindow(
  image: RgbImage,
  width: number,
  height: number,
  interpolation: Interpolation,
  window: Window,
): RgbImage {
  checkImage(image);
  checkSize('resize', width, height);
  checkSize('window', window.width, window.height);
  if (window.left < 0 || window.top < 0 || window.left + window.width > width || window.top + window.height > height) {
    throw new OcelliError(
      'shape',
      `window ${window.width}x${window.height} at ${window.left},${window.top} leaves the picture of ${width}x${height}`,
    );
  }
  if (image.width === width && image.height === height) return cut(image, window);
  const kernel = kernels[interpolation];
  return kernel ? resample(image, width, height, kernel, window) : nearest(image, width, height, window);
}

function cut(image: RgbImage, window: Window): RgbImage {
  const data = new Uint8Array(window.width * window.height * 3);
  const rowBytes = window.width * 3;
  for (let y = 0; y < window.height; y++) {
    const from = ((window.top + y) * image.width + window.left) * 3;
    data.set(image.data.subarray(from, from + rowBytes), y * rowBytes);
  }
  return { width: window.width, height: window.height, data };
}

/** Pillow's affine transform with the nearest pixel: positions are running sums from half a step, truncated. */
function nearest(image: RgbImage, width: number, height: number, window: Window): RgbImage {
  const columns = nearestPositions(image.width, width, window.left, window.width);
  const rows = nearestPositions(image.height, height, window.top, window.height);
  const data = new Uint8Array(window.width * window.height * 3);
  const source = image.data;
  let out = 0;
  for (let y = 0; y < window.height; y++) {
    const row = (rows[y] as number) * image.width;
    for (let x = 0; x < window.width; x++) {
      const from = (row + (columns[x] as number)) * 3;
      data[out] = source[from] as number;
      data[out + 1] = source[from + 1] as number;
      data[out + 2] = source[from + 2] as number;
      out += 3;
    }
  }
  return { width: window.width, height: window.height, data };
}

function nearestPositions(inputSize: number, outputSize: number, start: number, count: number): Int32Array {
  const step = inputSize / outputSize;
  const positions = new Int32Array(count);
  let position = step * 0.5;
  for (let i = 0; i < start + count; i++) {
    if (i >= start) positions[i - start] = Math.min(inputSize - 1, Math.trunc(position));
    position += step;
  }
  return positions;
}

/** Two passes, rows first, each rounded to 8 bits; an axis that keeps its size is left alone. */
function resample(image: RgbImage, width: number, height: number, kernel: Kernel, window: Window): RgbImage {
  const result = { width: window.width, height: window.height };
  const vertical = image.height === height ? undefined : coefficients(kernel, image.height, height, window.top, window.height);
  const last = window.height - 1;
  const firstRow = vertical ? (vertical.first[0] as number) : window.top;
  const endRow = vertical ? (vertical.first[last] as number) + (vertical.taps[last] as number) : window.top + window.height;
  const rows = { left: window.left, top: firstRow, width: window.width, height: endRow - firstRow };
  const middle =
    image.width === width
      ? { data: image.data, offset: (firstRow * image.width + window.left) * 3, pitch: image.width * 3 }
      : { data: resampleRows(image, width, kernel, rows), offset: 0, pitch: window.width * 3 };
  if (!vertical) return { ...result, data: middle.data };
  const data = new Uint8ClampedArray(window.width * window.height * 3);
  resampleColumns(middle.data, middle.offset, middle.pitch, vertical, firstRow, window.width * 3, data);
  return { ...result, data: new Uint8Array(data.buffer) };
}

/** The horizontal pass over the rows and output columns of `rows`. */
function resampleRows(image: RgbImage, width: number, kernel: Kernel, rows: Window): Uint8Array {
  const { stride, first, taps, weights } = coefficients(kernel, image.width, width, rows.left, rows.width);
  const source = image.data;
  const data = new Uint8ClampedArray(rows.width * rows.height * 3);
  let out = 0;
  for (let y = 0; y < rows.height; y++) {
    const row = (rows.top + y) * image.width * 3;
    for (let x = 0; x < rows.width; x++) {
      let from = row + (first[x] as number) * 3;
      let weight = x * stride;
      const end = weight + (taps[x] as number);
      let red = half;
      let green = half;
      let blue = half;
      for (; weight < end; weight++) {
        const factor = weights[weight] as number;
        red = (red + Math.imul(source[from] as number, factor)) | 0;
        green = (green + Math.imul(source[from + 1] as number, factor)) | 0;
        blue = (blue + Math.imul(source[from + 2] as number, factor)) | 0;
        from += 3;
      }
      data[out] = red >> precisionBits;
      data[out + 1] = green >> precisionBits;
      data[out + 2] = blue >> precisionBits;
      out += 3;
    }
  }
  return new Uint8Array(data.buffer);
}

/** The vertical pass: `source` starts at input row `firstRow`, its rows are `pitch` bytes apart. */
function resampleColumns(
  source: Uint8Array,
  offset: number,
  pitch: number,
  { stride, first, taps, weights }: Coefficients,
  firstRow: number,
  rowBytes: number,
  data: Uint8ClampedArray,
): void {
  let out = 0;
  for (let y = 0; y < first.length; y++) {
    const top = offset + ((first[y] as number) - firstRow) * pitch;
    const begin = y * stride;
    const end = begin + (taps[y] as number);
    for (let i = 0; i < rowBytes; i++) {
      let from = top + i;
      let sum = half;
      for (let weight = begin; weight < end; weight++) {
        sum = (sum + Math.imul(source[from] as number, weights[weight] as number)) | 0;
        from += pitch;
      }
      data[out++] = sum >> precisionBits;
    }
  }
}

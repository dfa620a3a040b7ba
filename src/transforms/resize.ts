/** Resizes 8-bit pictures to the bit as Pillow does, whole or only a window of the result. */
import { OcelliError } from '../base/errors.ts';
import type { Picture, RgbImage } from '../platform/image.ts';
import { crop } from './crop.ts';
import { type Interpolation, kernels } from './interpolation.ts';
import { resample } from './resample.ts';
import type { Window } from './window.ts';

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
  const { data } = resizePicture({ ...image, channels: 3 }, width, height, interpolation, window);
  return { width: window.width, height: window.height, data: data === image.data ? data.slice() : data };
}

/** `resizeWindow` for pictures of one or three channels whose data is known to fit their size. */
export function resizePicture(
  picture: Picture,
  width: number,
  height: number,
  interpolation: Interpolation,
  window: Window,
): Picture {
  checkSize('resize', width, height);
  checkSize('window', window.width, window.height);
  if (window.left < 0 || window.top < 0 || window.left + window.width > width || window.top + window.height > height) {
    throw new OcelliError(
      'shape',
      `window ${window.width}x${window.height} at ${window.left},${window.top} leaves the picture of ${width}x${height}`,
    );
  }
  if (picture.width === width && picture.height === height) return crop(picture, window);
  const kernel = kernels[interpolation];
  return kernel ? resample(picture, width, height, kernel, window) : nearest(picture, width, height, window);
}

/** Pillow's affine transform with the nearest pixel: positions are running sums from half a step, truncated. */
function nearest(picture: Picture, width: number, height: number, window: Window): Picture {
  const { channels } = picture;
  const columns = nearestPositions(picture.width, width, window.left, window.width);
  const rows = nearestPositions(picture.height, height, window.top, window.height);
  const data = new Uint8Array(window.width * window.height * channels);
  const source = picture.data;
  let out = 0;
  for (let y = 0; y < window.height; y++) {
    const row = (rows[y] as number) * picture.width;
    for (let x = 0; x < window.width; x++) {
      const from = (row + (columns[x] as number)) * channels;
      for (let channel = 0; channel < channels; channel++) data[out++] = source[from + channel] as number;
    }
  }
  return { width: window.width, height: window.height, channels, data };
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

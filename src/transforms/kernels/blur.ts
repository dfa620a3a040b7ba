/** Gaussian blur with mirrored borders, as torchvision's `gaussian_blur`. */
import { roundHalfEven } from '../../base/rounding.ts';
import type { Picture } from '../../platform/image.ts';
import type { Size } from '../geometry.ts';
import { pad } from './pad.ts';

/** exp(-x^2 / 2 sigma^2) at the `size` (odd) places around 0, summing to 1. */
function bell(size: number, sigma: number): Float64Array {
  const half = (size - 1) / 2;
  const weights = Float64Array.from({ length: size }, (_, i) => Math.exp(-0.5 * ((i - half) / sigma) ** 2));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * The picture blurred by a kernel of odd sides, columns and rows one after the other in float64. torchvision sums the whole
 * kernel in float32, in an order of its back end's, so that rarely a sum close to a half rounds the other way.
 */
export function gaussianBlur(picture: Picture, kernel: Size, sigma: number): Picture {
  const { width, height, channels } = picture;
  const borders = { left: kernel.width >> 1, right: kernel.width >> 1, top: kernel.height >> 1, bottom: kernel.height >> 1 };
  const { data, width: padded } = pad(picture, borders, 'reflect', []);
  const across = bell(kernel.width, sigma);
  const down = bell(kernel.height, sigma);
  const pitch = padded * channels;
  const column = new Float64Array(pitch);
  const out = new Uint8Array(width * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    column.fill(0);
    for (let k = 0, from = y * pitch; k < kernel.height; k++) {
      const weight = down[k] as number;
      for (let i = 0; i < pitch; i++) column[i] = (column[i] as number) + weight * (data[from++] as number);
    }
    for (let i = 0; i < width * channels; i++) {
      let sum = 0;
      for (let k = 0, from = i; k < kernel.width; k++, from += channels) sum += (across[k] as number) * (column[from] as number);
      out[to++] = roundHalfEven(sum);
    }
  }
  return { width, height, channels, data: out };
}

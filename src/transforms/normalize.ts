/** From 8-bit pixels to normalised float32, rounding where torchvision's float32 pipeline rounds. */
import { OcelliError } from '../base/errors.ts';
import { describeTensor, type Tensor, tensor } from '../base/tensor.ts';
import type { RgbImage } from '../platform/image.ts';
import { checkImage } from './resize.ts';

/** One number per channel. */
export type Triple = readonly [number, number, number];

/** Mean and standard deviation of ImageNet's RGB values scaled to 0..1, as used by torchvision's weights. */
export const IMAGENET_MEAN: Triple = [0.485, 0.456, 0.406];
export const IMAGENET_STD: Triple = [0.229, 0.224, 0.225];

/** What every byte becomes: float32(float32(byte / 255 or byte) - mean) / std, rounded to float32 at each step. */
export function normalizeTable(mean: number, std: number, range: 1 | 255): Float32Array {
  const table = new Float32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    const value = range === 1 ? Math.fround(byte / 255) : byte;
    table[byte] = Math.fround(value - Math.fround(mean)) / Math.fround(std);
  }
  return table;
}

/** The picture as float32 [3, height, width] with values byte / 255 in 0..1. */
export function toTensor(image: RgbImage): Tensor<'float32'> {
  checkImage(image);
  const { width, height, data } = image;
  const plane = width * height;
  const out = new Float32Array(plane * 3);
  const table = normalizeTable(0, 1, 1);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0, from = channel, to = channel * plane; i < plane; i++, from += 3)
      out[to++] = table[data[from] as number] as number;
  }
  return tensor('float32', [3, height, width], out);
}

/**
 * (value - mean) / std per channel of a float32 tensor [..., C, H, W], in float32.
 * @throws shape when `mean` and `std` do not have C numbers, or for fewer than three axes
 * @throws usage for a zero in `std`
 */
export function normalize(value: Tensor<'float32'>, mean: readonly number[], std: readonly number[]): Tensor<'float32'> {
  const channels = value.shape.at(-3);
  if (channels === undefined) throw new OcelliError('shape', `normalize needs [..., C, H, W], ${describeTensor(value)} came`);
  if (mean.length !== channels || std.length !== channels) {
    throw new OcelliError(
      'shape',
      `normalize: ${describeTensor(value)} has ${channels} channels, mean has ${mean.length} numbers and std ${std.length}`,
    );
  }
  checkStd(std);
  const plane = (value.shape.at(-2) as number) * (value.shape.at(-1) as number);
  const out = new Float32Array(value.data.length);
  for (let at = 0, index = 0; at < out.length; at += plane, index++) {
    const center = Math.fround(mean[index % channels] as number);
    const spread = Math.fround(std[index % channels] as number);
    for (let i = at; i < at + plane; i++) out[i] = Math.fround((value.data[i] as number) - center) / spread;
  }
  return tensor('float32', value.shape, out);
}

/** @throws usage for a standard deviation that is zero in float32, or not finite */
export function checkStd(std: readonly number[]): void {
  const bad = std.find((value) => Math.fround(value) === 0 || !Number.isFinite(value));
  if (bad !== undefined) throw new OcelliError('usage', `std must be finite and not zero, ${std.join(', ')} came`);
}

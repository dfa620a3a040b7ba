/** Preprocessing that comes with weights, as plain data, and the function that carries it out. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import type { RgbImage } from '../platform/image.ts';
import { centerWindow, insidePart, shortSideSize } from './geometry.ts';
import { type Interpolation, interpolations } from './interpolation.ts';
import { checkStd, normalizeTable, type Triple } from './normalize.ts';
import { checkImage, checkSize, resizeWindow } from './resize.ts';

/** torchvision's ImageClassification preset: short side to `resize`, centre crop, scale, normalise. */
export interface ClassificationPreset {
  readonly kind: 'classification';
  /** The short side after resizing, in pixels. */
  readonly resize: number;
  /** Side of the square that is cut out, in pixels. */
  readonly crop: number;
  readonly interpolation: Interpolation;
  /** Subtracted from every channel, in the order of `channels` and the scale of `range`. */
  readonly mean: Triple;
  /** What every channel is then divided by. */
  readonly std: Triple;
  /** 1: bytes become 0..1 before `mean`; 255: they stay 0..255. Default 1. */
  readonly range?: 1 | 255;
  /** Order of the channels in the tensor. Default 'rgb'. */
  readonly channels?: 'rgb' | 'bgr';
}

const presetKeys: readonly string[] = ['kind', 'resize', 'crop', 'interpolation', 'mean', 'std', 'range', 'channels'];

/** @throws usage or shape naming the field of the preset that makes no sense */
export function checkPreset(preset: ClassificationPreset): void {
  checkKeys('preset', preset, presetKeys);
  checkSize('resize', preset.resize, preset.resize);
  checkSize('crop', preset.crop, preset.crop);
  if (!interpolations.includes(preset.interpolation)) {
    throw new OcelliError('usage', `preset: interpolation must be one of ${interpolations.join(', ')}`);
  }
  if (preset.mean.length !== 3 || preset.std.length !== 3 || !preset.mean.every(Number.isFinite)) {
    throw new OcelliError('usage', 'preset: mean and std must be three numbers each');
  }
  checkStd(preset.std);
  if (preset.range !== undefined && preset.range !== 1 && preset.range !== 255) {
    throw new OcelliError('usage', `preset: range must be 1 or 255, ${String(preset.range)} came`);
  }
  if (preset.channels !== undefined && preset.channels !== 'rgb' && preset.channels !== 'bgr') {
    throw new OcelliError('usage', `preset: channels must be rgb or bgr, ${String(preset.channels)} came`);
  }
}

/** How many numbers one picture becomes: 3 * crop * crop. */
export function presetLength(preset: ClassificationPreset): number {
  return 3 * preset.crop * preset.crop;
}

/**
 * One picture as a batch of one, float32 [1, 3, crop, crop], equal in every bit to torchvision's preset on a PIL picture.
 * @throws usage or shape for a preset or picture that makes no sense
 */
export function preprocess(image: RgbImage, preset: ClassificationPreset): Tensor<'float32'> {
  checkPreset(preset);
  const out = new Float32Array(presetLength(preset));
  preprocessInto(image, preset, out, 0);
  return tensor('float32', [1, 3, preset.crop, preset.crop], out);
}

/**
 * Writes one picture's [3, crop, crop] into `out` from `offset`: slot i of a batch begins at `i * presetLength(preset)`.
 * Only the pixels that the crop keeps are resampled.
 * @throws shape when `out` is too short
 */
export function preprocessInto(image: RgbImage, preset: ClassificationPreset, out: Float32Array, offset: number): void {
  checkPreset(preset);
  checkImage(image);
  const { crop } = preset;
  const plane = crop * crop;
  if (!Number.isInteger(offset) || offset < 0 || offset + plane * 3 > out.length) {
    throw new OcelliError('shape', `preprocess needs ${plane * 3} numbers from ${offset}, the array has ${out.length}`);
  }
  const size = shortSideSize(image.width, image.height, preset.resize);
  const window = centerWindow(size, crop, crop);
  const inside = insidePart(window, size);
  const { data } = resizeWindow(image, size.width, size.height, preset.interpolation, inside);
  const padded = inside.width < crop || inside.height < crop;
  const shift = (inside.top - window.top) * crop + inside.left - window.left;
  for (let channel = 0; channel < 3; channel++) {
    const table = normalizeTable(preset.mean[channel] as number, preset.std[channel] as number, preset.range ?? 1);
    const start = offset + channel * plane;
    if (padded) out.fill(table[0] as number, start, start + plane);
    let from = preset.channels === 'bgr' ? 2 - channel : channel;
    for (let y = 0; y < inside.height; y++) {
      const row = start + shift + y * crop;
      for (let to = row; to < row + inside.width; to++) {
        out[to] = table[data[from] as number] as number;
        from += 3;
      }
    }
  }
}

/** The preset in one line, for people. */
export function describePreset(preset: ClassificationPreset): string {
  const { resize, crop, interpolation, mean, std } = preset;
  const channels = (preset.channels ?? 'rgb').toUpperCase();
  return (
    `short side to ${resize} (${interpolation}), center crop ${crop}x${crop}, ` +
    `${channels} values 0..${preset.range ?? 1}, mean ${mean.join(' ')}, std ${std.join(' ')}`
  );
}

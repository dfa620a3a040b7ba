/** Preprocessing that comes with weights, as plain data, and the function that carries it out. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import type { Picture, RgbImage } from '../platform/image.ts';
import { centerWindow, insidePart, shortSideSize } from './geometry.ts';
import { type Interpolation, interpolations } from './interpolation.ts';
import { toGray } from './kernels/gray.ts';
import { checkStd, normalizeTable, type Triple } from './normalize.ts';
import { checkImage, checkSize, resizePicture } from './resize.ts';

interface CommonPreset {
  readonly kind: 'classification';
  /** The short side after resizing, in pixels. */
  readonly resize: number;
  /** Side of the square that is cut out, in pixels. */
  readonly crop: number;
  readonly interpolation: Interpolation;
  /** 1: bytes become 0..1 before `mean`; 255: they stay 0..255. Default 1. */
  readonly range?: 1 | 255;
}

/** A preset for networks of three input channels. */
export interface ColorPreset extends CommonPreset {
  /** Order of the channels in the tensor. Default 'rgb'. */
  readonly channels?: 'rgb' | 'bgr';
  /** Subtracted from every channel, in the order of `channels` and the scale of `range`. */
  readonly mean: Triple;
  /** What every channel is then divided by. */
  readonly std: Triple;
}

/** A preset for networks of one input channel. */
export interface GrayPreset extends CommonPreset {
  /** Colours are weighed as Pillow's `convert('L')` weighs them, before the resizing. */
  readonly channels: 'gray';
  /** Subtracted, in the scale of `range`. */
  readonly mean: readonly [number];
  /** What is then divided by. */
  readonly std: readonly [number];
}

/** torchvision's ImageClassification preset: short side to `resize`, centre crop, scale, normalise. */
export type ClassificationPreset = ColorPreset | GrayPreset;

const presetKeys: readonly string[] = ['kind', 'resize', 'crop', 'interpolation', 'mean', 'std', 'range', 'channels'];
const orders: readonly unknown[] = [undefined, 'rgb', 'bgr', 'gray'];

/** @throws usage or shape naming the field of the preset that makes no sense */
export function checkPreset(preset: ClassificationPreset): void {
  checkKeys('preset', preset, presetKeys);
  checkSize('resize', preset.resize, preset.resize);
  checkSize('crop', preset.crop, preset.crop);
  if (!interpolations.includes(preset.interpolation)) {
    throw new OcelliError('usage', `preset: interpolation must be one of ${interpolations.join(', ')}`);
  }
  if (!orders.includes(preset.channels)) {
    throw new OcelliError('usage', `preset: channels must be rgb, bgr or gray, ${String(preset.channels)} came`);
  }
  const channels = presetChannels(preset);
  const mean: readonly number[] = preset.mean;
  if (mean.length !== channels || preset.std.length !== channels || !mean.every(Number.isFinite)) {
    const wanted = channels === 1 ? 'one number each for gray pictures' : 'three numbers each';
    throw new OcelliError('usage', `preset: mean and std must be ${wanted}`);
  }
  checkStd(preset.std);
  if (preset.range !== undefined && preset.range !== 1 && preset.range !== 255) {
    throw new OcelliError('usage', `preset: range must be 1 or 255, ${String(preset.range)} came`);
  }
}

/**
 * A preset with some of its parts replaced.
 * @throws usage or shape naming the field that makes no sense, or does not go with the others
 */
export function withParts(preset: ClassificationPreset, parts: Partial<ClassificationPreset>): ClassificationPreset {
  const merged = { ...preset, ...parts } as ClassificationPreset;
  checkPreset(merged);
  return merged;
}

/** Channels of the tensor that a preset makes: the input channels of its network. */
export function presetChannels(preset: Pick<ClassificationPreset, 'channels'>): 1 | 3 {
  return preset.channels === 'gray' ? 1 : 3;
}

/** How many numbers one picture becomes: channels * crop * crop. */
export function presetLength(preset: ClassificationPreset): number {
  return presetChannels(preset) * preset.crop * preset.crop;
}

/**
 * One picture as a batch of one, float32 [1, channels, crop, crop], equal in every bit to torchvision's preset on a PIL picture.
 * @throws usage or shape for a preset or picture that makes no sense
 */
export function preprocess(image: RgbImage, preset: ClassificationPreset): Tensor<'float32'> {
  checkPreset(preset);
  const out = new Float32Array(presetLength(preset));
  preprocessInto(image, preset, out, 0);
  return tensor('float32', [1, presetChannels(preset), preset.crop, preset.crop], out);
}

/**
 * Writes one picture's [channels, crop, crop] into `out` from `offset`: slot i of a batch begins at `i * presetLength(preset)`.
 * Only the pixels that the crop keeps are resampled.
 * @throws shape when `out` is too short
 */
export function preprocessInto(image: RgbImage, preset: ClassificationPreset, out: Float32Array, offset: number): void {
  checkPreset(preset);
  checkImage(image);
  const { crop } = preset;
  const plane = crop * crop;
  const length = presetLength(preset);
  if (!Number.isInteger(offset) || offset < 0 || offset + length > out.length) {
    throw new OcelliError('shape', `preprocess needs ${length} numbers from ${offset}, the array has ${out.length}`);
  }
  const size = shortSideSize(image.width, image.height, preset.resize);
  const window = centerWindow(size, crop, crop);
  const inside = insidePart(window, size);
  const color: Picture = { ...image, channels: 3 };
  const picture = preset.channels === 'gray' ? toGray(color) : color;
  const { data, channels } = resizePicture(picture, size.width, size.height, preset.interpolation, inside);
  const padded = inside.width < crop || inside.height < crop;
  const shift = (inside.top - window.top) * crop + inside.left - window.left;
  for (let channel = 0; channel < channels; channel++) {
    const table = normalizeTable(preset.mean[channel] as number, preset.std[channel] as number, preset.range ?? 1);
    const start = offset + channel * plane;
    if (padded) out.fill(table[0] as number, start, start + plane);
    let from = preset.channels === 'bgr' ? 2 - channel : channel;
    for (let y = 0; y < inside.height; y++) {
      const row = start + shift + y * crop;
      for (let to = row; to < row + inside.width; to++) {
        out[to] = table[data[from] as number] as number;
        from += channels;
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

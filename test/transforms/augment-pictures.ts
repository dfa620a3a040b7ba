/** Pictures and kernels of the cases that `augment_cases.py` makes. */

import { randomBits } from '../../src/base/random.ts';
import type { Picture } from '../../src/platform/image.ts';
import { crop } from '../../src/transforms/crop.ts';
import { parseInterpolation } from '../../src/transforms/interpolation.ts';
import type { AffineInterpolation } from '../../src/transforms/kernels/affine.ts';
import { gaussianBlur } from '../../src/transforms/kernels/blur.ts';
import { adjustBrightness, adjustContrast, adjustSaturation, adjustSharpness } from '../../src/transforms/kernels/enhance.ts';
import { flipHorizontally, flipVertically } from '../../src/transforms/kernels/flip.ts';
import { toGray, toThreeChannels } from '../../src/transforms/kernels/gray.ts';
import { autocontrast, equalize } from '../../src/transforms/kernels/histogram.ts';
import { adjustHue } from '../../src/transforms/kernels/hue.ts';
import { type PaddingMode, pad } from '../../src/transforms/kernels/pad.ts';
import { invert, posterize, solarize } from '../../src/transforms/kernels/point.ts';
import { affine, type Point, rotate } from '../../src/transforms/kernels/rotate.ts';
import { resizePicture } from '../../src/transforms/resize.ts';

/** What a picture is filled with. */
export interface PictureSpec {
  readonly key: number;
  readonly style: 'noise' | 'dull' | 'flat' | 'two' | 'smooth' | 'dark';
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Filled by the hash of src/base/random.ts: whole range, few tones, one, two, ramps, or the darkest. */
export function makePicture({ key, style, width, height, channels }: PictureSpec): Picture {
  const byteAt = (i: number): number => {
    const bits = randomBits(key, i) & 255;
    const pixel = Math.floor(i / channels);
    switch (style) {
      case 'noise':
        return bits;
      case 'dull':
        return 96 + (bits & 31);
      case 'flat':
        return 77;
      case 'two':
        return bits & 1 ? 200 : 10;
      case 'smooth':
        return ((pixel % width) * 5 + Math.floor(pixel / width) * 3 + (i % channels) * 40) & 255;
      case 'dark':
        return bits & 7;
    }
  };
  return { width, height, channels, data: Uint8Array.from({ length: width * height * channels }, (_, i) => byteAt(i)) };
}

/** A kernel, a picture, and the kernel's arguments. */
export interface KernelCase {
  readonly kernel: string;
  readonly picture: PictureSpec;
  readonly left: number;
  readonly top: number;
  readonly cropWidth: number;
  readonly cropHeight: number;
  readonly toWidth: number;
  readonly toHeight: number;
  readonly borders: readonly [number, number, number, number];
  readonly mode: string;
  readonly fill: number | readonly number[];
  readonly outputChannels: number;
  readonly bits: number;
  readonly threshold: number;
  readonly factor: number;
  readonly kernelSize: readonly [number, number];
  readonly sigma: number;
  readonly angle: number;
  readonly interpolation: AffineInterpolation;
  readonly expand: boolean;
  readonly center: Point | null;
  readonly translate: Point;
  readonly scale: number;
  readonly shear: Point;
}

const kernels: { readonly [name: string]: (picture: Picture, given: KernelCase, fill: readonly number[]) => Picture } = {
  flipHorizontally,
  flipVertically,
  crop: (picture, { left, top, cropWidth, cropHeight }) => crop(picture, { left, top, width: cropWidth, height: cropHeight }),
  pad: (picture, { borders: [left, top, right, bottom], mode }, fill) =>
    pad(picture, { left, top, right, bottom }, mode as PaddingMode, fill),
  resizedCrop: (picture, { left, top, cropWidth, cropHeight, toWidth, toHeight, mode }) => {
    const part = crop(picture, { left, top, width: cropWidth, height: cropHeight });
    const all = { left: 0, top: 0, width: toWidth, height: toHeight };
    return resizePicture(part, toWidth, toHeight, parseInterpolation(mode), all);
  },
  grayscale: (picture, { outputChannels }) => (outputChannels === 1 ? toGray(picture) : toThreeChannels(toGray(picture))),
  invert,
  posterize: (picture, { bits }) => posterize(picture, bits),
  solarize: (picture, { threshold }) => solarize(picture, threshold),
  autocontrast,
  equalize,
  brightness: (picture, { factor }) => adjustBrightness(picture, factor),
  contrast: (picture, { factor }) => adjustContrast(picture, factor),
  saturation: (picture, { factor }) => adjustSaturation(picture, factor),
  sharpness: (picture, { factor }) => adjustSharpness(picture, factor),
  hue: (picture, { factor }) => adjustHue(picture, factor),
  gaussianBlur: (picture, { kernelSize: [width, height], sigma }) => gaussianBlur(picture, { width, height }, sigma),
  rotate: (picture, { angle, interpolation, expand, center }, fill) =>
    rotate(picture, angle, { interpolation, expand, center: center ?? undefined, fill }),
  affine: (picture, { angle, translate, scale, shear, interpolation, center }, fill) => {
    const parameters = { angle, translate, scale, shear };
    return affine(picture, center ? { ...parameters, center } : parameters, interpolation, fill);
  },
};

/** What our kernel makes of a case. */
export function runKernel(given: KernelCase): Picture {
  const kernel = kernels[given.kernel];
  if (!kernel) throw new Error(`no kernel ${given.kernel}`);
  const picture = makePicture(given.picture);
  const { channels } = picture;
  const fill = typeof given.fill === 'object' ? given.fill : new Array<number>(channels).fill(given.fill ?? 0);
  return kernel(picture, given, fill);
}

/** How many bytes differ, and by how much at most; all of them when the sizes do. */
export function compareBytes(ours: Uint8Array, theirs: Uint8Array): { readonly differing: number; readonly most: number } {
  if (ours.length !== theirs.length) return { differing: Math.max(ours.length, theirs.length), most: 255 };
  let differing = 0;
  let most = 0;
  for (let i = 0; i < ours.length; i++) {
    const difference = Math.abs((ours[i] as number) - (theirs[i] as number));
    if (difference > 0) differing++;
    most = Math.max(most, difference);
  }
  return { differing, most };
}

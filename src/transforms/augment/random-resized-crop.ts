/** A random part of random area and aspect, resized to a fixed size: torchvision's RandomResizedCrop. */
import type { RandomStream } from '../../base/random-stream.ts';
import { roundHalfEven } from '../../base/rounding.ts';
import { crop } from '../crop.ts';
import type { Size } from '../geometry.ts';
import { type Interpolation, interpolations } from '../interpolation.ts';
import { resizePicture } from '../resize.ts';
import type { Window } from '../window.ts';
import { checkChoice, checkRange, type Range, type SizeOption, sizeOf } from './checks.ts';
import type { PictureRule } from './rule.ts';

export interface RandomResizedCrop {
  readonly kind: 'randomResizedCrop';
  readonly size: SizeOption;
  /** Area of the part, as a share of the picture's. Default [0.08, 1]. */
  readonly scale?: Range;
  /** Width over height of the part; its logarithm is drawn uniformly. Default [3/4, 4/3]. */
  readonly ratio?: Range;
  /** Default 'bilinear'. */
  readonly interpolation?: Interpolation;
}

/**
 * The part that is kept: the first of ten drawn sizes that fits, at a place where every place is as likely as any other;
 * after ten that do not fit, the middle, as large as `ratio` lets it be.
 */
export function drawResizedCrop({ width, height }: Size, scale: Range, ratio: Range, random: RandomStream): Window {
  const area = width * height;
  const low = Math.log(ratio[0]);
  const high = Math.log(ratio[1]);
  for (let attempt = 0; attempt < 10; attempt++) {
    const target = area * random.between(scale[0], scale[1]);
    const aspect = Math.exp(random.between(low, high));
    const w = roundHalfEven(Math.sqrt(target * aspect));
    const h = roundHalfEven(Math.sqrt(target / aspect));
    if (w > 0 && w <= width && h > 0 && h <= height) {
      const top = random.below(height - h + 1);
      const left = random.below(width - w + 1);
      return { left, top, width: w, height: h };
    }
  }
  const whole = width / height;
  let w = width;
  let h = height;
  if (whole < ratio[0]) h = roundHalfEven(width / ratio[0]);
  else if (whole > ratio[1]) w = roundHalfEven(height * ratio[1]);
  return { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h };
}

export const randomResizedCrop: PictureRule<RandomResizedCrop> = {
  stage: 'picture',
  keys: ['size', 'scale', 'ratio', 'interpolation'],
  plan(options, { channels }, what) {
    const { scale = [0.08, 1], ratio = [3 / 4, 4 / 3], interpolation = 'bilinear' } = options;
    const size = sizeOf(what, options.size);
    checkRange(what, 'scale', scale, 0);
    checkRange(what, 'ratio', ratio, Number.MIN_VALUE);
    checkChoice(what, 'interpolation', interpolation, interpolations);
    const everything = { left: 0, top: 0, ...size };
    return {
      after: { channels, size },
      step: (picture, random) => {
        const part = crop(picture, drawResizedCrop(picture, scale, ratio, random));
        return resizePicture(part, size.width, size.height, interpolation, everything);
      },
    };
  },
};

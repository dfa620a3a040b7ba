/** Pictures at another size, and their middles: torchvision's Resize and CenterCrop, which draw nothing. */
import { OcelliError } from '../../base/errors.ts';
import type { Picture } from '../../platform/image.ts';
import { crop } from '../crop.ts';
import { centerWindow, insidePart, type Size, shortSideSize } from '../geometry.ts';
import { type Interpolation, interpolations } from '../interpolation.ts';
import { resizePicture } from '../resize.ts';
import { checkChoice, checkInteger, type SizeOption, sizeOf } from './checks.ts';
import type { PictureRule, PictureStep } from './rule.ts';

export interface Resize {
  readonly kind: 'resize';
  /** A number is the short side, the ratio being kept; { width, height } is what it says. */
  readonly size: SizeOption;
  /** Cuts the long side where only the short one is given; larger than it. */
  readonly maxSize?: number;
  /** Default 'bilinear'. */
  readonly interpolation?: Interpolation;
}

export interface CenterCrop {
  readonly kind: 'centerCrop';
  /** Pictures that are smaller get black around them. */
  readonly size: SizeOption;
}

/** The size that `resize` gives a picture. */
function targetOf({ size, maxSize }: Resize, { width, height }: Size): Size {
  return typeof size === 'number' ? shortSideSize(width, height, size, maxSize) : size;
}

export const resize: PictureRule<Resize> = {
  stage: 'picture',
  keys: ['size', 'maxSize', 'interpolation'],
  plan(options, { channels, size: before }, what) {
    const { size, maxSize, interpolation = 'bilinear' } = options;
    const fixed = sizeOf(what, size);
    checkChoice(what, 'interpolation', interpolation, interpolations);
    if (maxSize !== undefined) {
      if (typeof size !== 'number') throw new OcelliError('usage', `${what}: maxSize goes with a size that is one number`);
      checkInteger(what, 'maxSize', maxSize, size + 1);
    }
    const after = typeof size === 'number' ? before && targetOf(options, before) : fixed;
    return {
      after: after ? { channels, size: after } : { channels },
      step: (picture) => {
        const { width, height } = targetOf(options, picture);
        return resizePicture(picture, width, height, interpolation, { left: 0, top: 0, width, height });
      },
    };
  },
};

export const centerCrop: PictureRule<CenterCrop> = {
  stage: 'picture',
  keys: ['size'],
  plan(options, { channels }, what) {
    const size = sizeOf(what, options.size);
    return {
      after: { channels, size },
      step: (picture) => crop(picture, centerWindow(picture, size.width, size.height)),
    };
  },
};

/** What the two steps give one after the other, computing only the pixels that the crop keeps. Both must have been planned. */
export function resizeThenCenterCrop(options: Resize, { size }: CenterCrop): PictureStep {
  const { interpolation = 'bilinear' } = options;
  const { width, height } = sizeOf('centerCrop', size);
  return (picture: Picture): Picture => {
    const target = targetOf(options, picture);
    const window = centerWindow(target, width, height);
    const inside = insidePart(window, target);
    const part = resizePicture(picture, target.width, target.height, interpolation, inside);
    return crop(part, { left: window.left - inside.left, top: window.top - inside.top, width, height });
  };
}

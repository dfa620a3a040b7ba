/** A blur of random strength: torchvision's GaussianBlur. */
import { gaussianBlur as blur } from '../kernels/blur.ts';
import { checkChoice, checkNumber, checkRange, type Range, type SizeOption, sizeOf } from './checks.ts';
import type { PictureRule } from './rule.ts';

export interface GaussianBlur {
  readonly kind: 'gaussianBlur';
  /** Sides of the kernel, odd. */
  readonly kernelSize: SizeOption;
  /** Standard deviation in pixels, or the range it is drawn from. Default [0.1, 2]. */
  readonly sigma?: number | Range;
}

export const gaussianBlur: PictureRule<GaussianBlur> = {
  stage: 'picture',
  keys: ['kernelSize', 'sigma'],
  plan({ kernelSize, sigma = [0.1, 2] }, before, what) {
    const kernel = sizeOf(what, kernelSize);
    checkChoice(what, 'remainder of kernelSize by 2', kernel.width % 2, [1]);
    checkChoice(what, 'remainder of kernelSize by 2', kernel.height % 2, [1]);
    if (typeof sigma === 'number') checkNumber(what, 'sigma', sigma, Number.MIN_VALUE);
    else checkRange(what, 'sigma', sigma, Number.MIN_VALUE);
    const [low, high] = typeof sigma === 'number' ? [sigma, sigma] : sigma;
    return { after: before, step: (picture, random) => blur(picture, kernel, random.between(low, high)) };
  },
};

/** A blur of random strength: torchvision's GaussianBlur. */
import { OcelliError } from '../../base/errors.ts';
import { gaussianBlur as blur } from '../kernels/blur.ts';
import { checkNumber, checkRange, type Range, type SizeOption, sizeOf } from './checks.ts';
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
    const kernel = sizeOf(what, kernelSize, 'kernelSize');
    if (kernel.width % 2 === 0 || kernel.height % 2 === 0) {
      throw new OcelliError('usage', `${what}: kernelSize must be odd, ${kernel.width}x${kernel.height} came`);
    }
    if (typeof sigma === 'number') checkNumber(what, 'sigma', sigma, Number.MIN_VALUE);
    else checkRange(what, 'sigma', sigma, Number.MIN_VALUE);
    const [low, high] = typeof sigma === 'number' ? [sigma, sigma] : sigma;
    return { after: before, step: (picture, random) => blur(picture, kernel, random.between(low, high)) };
  },
};

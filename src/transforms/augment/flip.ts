/** Random mirror images: torchvision's RandomHorizontalFlip and RandomVerticalFlip. */
import { flipHorizontally, flipVertically } from '../kernels/flip.ts';
import { checkProbability } from './checks.ts';
import type { PictureRule } from './rule.ts';

export interface HorizontalFlip {
  readonly kind: 'horizontalFlip';
  /** Default 0.5. */
  readonly p?: number;
}

export interface VerticalFlip {
  readonly kind: 'verticalFlip';
  /** Default 0.5. */
  readonly p?: number;
}

export const horizontalFlip: PictureRule<HorizontalFlip> = {
  stage: 'picture',
  keys: ['p'],
  plan({ p = 0.5 }, before, what) {
    checkProbability(what, p);
    return { after: before, step: (picture, random) => (random.chance(p) ? flipHorizontally(picture) : picture) };
  },
};

export const verticalFlip: PictureRule<VerticalFlip> = {
  stage: 'picture',
  keys: ['p'],
  plan({ p = 0.5 }, before, what) {
    checkProbability(what, p);
    return { after: before, step: (picture, random) => (random.chance(p) ? flipVertically(picture) : picture) };
  },
};

/** A few operations at one strength (arXiv:1909.13719): torchvision's RandAugment. */
import { type AffineInterpolation, affineInterpolations } from '../kernels/affine.ts';
import { checkChoice, checkInteger, fillOf } from './checks.ts';
import { operate, type SpaceEntry, signedMagnitude } from './operations.ts';
import type { PictureRule } from './rule.ts';
import { bySize, randAugmentSpace } from './spaces.ts';

export interface RandAugment {
  readonly kind: 'randAugment';
  /** How many operations, one after the other. Default 2. */
  readonly numOps?: number;
  /** The level of all operations, below `numMagnitudeBins`. Default 9. */
  readonly magnitude?: number;
  /** How many levels there are. Default 31. */
  readonly numMagnitudeBins?: number;
  /** Default 'nearest'. */
  readonly interpolation?: AffineInterpolation;
  /** Bytes for what was outside: one, or one a channel. Default 0. */
  readonly fill?: number | readonly number[];
}

export const randAugment: PictureRule<RandAugment> = {
  stage: 'picture',
  keys: ['numOps', 'magnitude', 'numMagnitudeBins', 'interpolation', 'fill'],
  plan(options, before, what) {
    const { numOps = 2, magnitude = 9, numMagnitudeBins = 31, interpolation = 'nearest', fill = 0 } = options;
    checkInteger(what, 'numOps', numOps, 0);
    checkInteger(what, 'numMagnitudeBins', numMagnitudeBins, 2);
    checkInteger(what, 'magnitude', magnitude, 0, numMagnitudeBins - 1);
    checkChoice(what, 'interpolation', interpolation, affineInterpolations);
    const around = { interpolation, fill: fillOf(what, fill, before.channels) };
    const spaceOf = bySize((size) => randAugmentSpace(size, numMagnitudeBins));
    return {
      after: before,
      step: (picture, random) => {
        const space = spaceOf(picture);
        let current = picture;
        for (let i = 0; i < numOps; i++) {
          const entry = space[random.below(space.length)] as SpaceEntry;
          current = operate(current, entry.operation, signedMagnitude(entry, magnitude, random), around);
        }
        return current;
      },
    };
  },
};

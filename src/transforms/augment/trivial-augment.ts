/** One operation at a random strength (arXiv:2103.10158): torchvision's TrivialAugmentWide. */
import { type AffineInterpolation, affineInterpolations } from '../kernels/affine.ts';
import { checkChoice, checkInteger, fillOf } from './checks.ts';
import { operate, type SpaceEntry, signedMagnitude } from './operations.ts';
import type { PictureRule } from './rule.ts';
import { trivialAugmentSpace } from './spaces.ts';

export interface TrivialAugmentWide {
  readonly kind: 'trivialAugmentWide';
  /** How many levels there are. Default 31. */
  readonly numMagnitudeBins?: number;
  /** Default 'nearest'. */
  readonly interpolation?: AffineInterpolation;
  /** Bytes for what was outside: one, or one a channel. Default 0. */
  readonly fill?: number | readonly number[];
}

export const trivialAugmentWide: PictureRule<TrivialAugmentWide> = {
  stage: 'picture',
  keys: ['numMagnitudeBins', 'interpolation', 'fill'],
  plan({ numMagnitudeBins = 31, interpolation = 'nearest', fill = 0 }, before, what) {
    checkInteger(what, 'numMagnitudeBins', numMagnitudeBins, 2);
    checkChoice(what, 'interpolation', interpolation, affineInterpolations);
    const around = { interpolation, fill: fillOf(what, fill, before.channels) };
    const space = trivialAugmentSpace(numMagnitudeBins);
    return {
      after: before,
      step: (picture, random) => {
        const entry = space[random.below(space.length)] as SpaceEntry;
        const level = entry.magnitudes.length > 0 ? random.below(entry.magnitudes.length) : 0;
        return operate(picture, entry.operation, signedMagnitude(entry, level, random), around);
      },
    };
  },
};

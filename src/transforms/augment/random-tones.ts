/**
 * One change of tones, with a probability: torchvision's RandomInvert, RandomPosterize, RandomSolarize,
 * RandomAdjustSharpness, RandomAutocontrast and RandomEqualize.
 */
import type { Picture } from '../../platform/image.ts';
import { adjustSharpness } from '../kernels/enhance.ts';
import { autocontrast, equalize } from '../kernels/histogram.ts';
import { invert, posterize, solarize } from '../kernels/point.ts';
import { checkInteger, checkNumber, checkProbability } from './checks.ts';
import type { PictureRule } from './rule.ts';

export interface RandomInvert {
  readonly kind: 'randomInvert';
  /** Default 0.5. */
  readonly p?: number;
}

export interface RandomPosterize {
  readonly kind: 'randomPosterize';
  /** How many of 8 bits are kept. */
  readonly bits: number;
  /** Default 0.5. */
  readonly p?: number;
}

export interface RandomSolarize {
  readonly kind: 'randomSolarize';
  /** Bytes from here on are inverted. */
  readonly threshold: number;
  /** Default 0.5. */
  readonly p?: number;
}

export interface RandomSharpness {
  readonly kind: 'randomSharpness';
  /** 0 blurs, 1 changes nothing, 2 sharpens. */
  readonly factor: number;
  /** Default 0.5. */
  readonly p?: number;
}

export interface RandomAutocontrast {
  readonly kind: 'randomAutocontrast';
  /** Default 0.5. */
  readonly p?: number;
}

export interface RandomEqualize {
  readonly kind: 'randomEqualize';
  /** Default 0.5. */
  readonly p?: number;
}

/** A rule that makes the change with probability `p`. */
function sometimes<T extends { readonly p?: number }>(
  keys: readonly string[],
  changeOf: (options: T, what: string) => (picture: Picture) => Picture,
): PictureRule<T> {
  return {
    stage: 'picture',
    keys: [...keys, 'p'],
    plan(options, before, what) {
      const { p = 0.5 } = options;
      checkProbability(what, p);
      const change = changeOf(options, what);
      return { after: before, step: (picture, random) => (random.chance(p) ? change(picture) : picture) };
    },
  };
}

export const randomInvert: PictureRule<RandomInvert> = sometimes([], () => invert);

export const randomPosterize: PictureRule<RandomPosterize> = sometimes(['bits'], ({ bits }, what) => {
  checkInteger(what, 'bits', bits, 0, 8);
  return (picture) => posterize(picture, bits);
});

export const randomSolarize: PictureRule<RandomSolarize> = sometimes(['threshold'], ({ threshold }, what) => {
  checkNumber(what, 'threshold', threshold);
  return (picture) => solarize(picture, threshold);
});

export const randomSharpness: PictureRule<RandomSharpness> = sometimes(['factor'], ({ factor }, what) => {
  checkNumber(what, 'factor', factor, 0);
  return (picture) => adjustSharpness(picture, factor);
});

export const randomAutocontrast: PictureRule<RandomAutocontrast> = sometimes([], () => autocontrast);

export const randomEqualize: PictureRule<RandomEqualize> = sometimes([], () => equalize);

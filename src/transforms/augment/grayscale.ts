/** Gray pictures: torchvision's Grayscale and RandomGrayscale. */
import { toGray, toThreeChannels } from '../kernels/gray.ts';
import { checkChoice, checkProbability } from './checks.ts';
import type { PictureRule } from './rule.ts';

export interface Grayscale {
  readonly kind: 'grayscale';
  /** 3 repeats the gray in three channels, also that of a picture that came with one. Default 1. */
  readonly outputChannels?: 1 | 3;
}

export interface RandomGrayscale {
  readonly kind: 'randomGrayscale';
  /** Default 0.1. */
  readonly p?: number;
}

export const grayscale: PictureRule<Grayscale> = {
  stage: 'picture',
  keys: ['outputChannels'],
  plan({ outputChannels = 1 }, before, what) {
    checkChoice(what, 'outputChannels', outputChannels, [1, 3]);
    return {
      after: { ...before, channels: outputChannels },
      step: (picture) => (outputChannels === 1 ? toGray(picture) : toThreeChannels(toGray(picture))),
    };
  },
};

export const randomGrayscale: PictureRule<RandomGrayscale> = {
  stage: 'picture',
  keys: ['p'],
  plan({ p = 0.1 }, before, what) {
    checkProbability(what, p);
    return {
      after: before,
      step: (picture, random) => {
        if (!random.chance(p) || picture.channels === 1) return picture;
        return toThreeChannels(toGray(picture));
      },
    };
  },
};

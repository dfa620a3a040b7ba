/** A random rectangle painted over ("Random Erasing Data Augmentation", arXiv:1708.04896): torchvision's RandomErasing. */
import type { RandomStream } from '../../base/random-stream.ts';
import { roundHalfEven } from '../../base/rounding.ts';
import type { Size } from '../geometry.ts';
import type { Window } from '../window.ts';
import { checkChoice, checkNumber, checkProbability, checkRange, type Range } from './checks.ts';
import { drawNormal } from './distributions.ts';
import type { TensorRule } from './rule.ts';

export interface RandomErasing {
  readonly kind: 'randomErasing';
  /** Default 0.5. */
  readonly p?: number;
  /** Area of the rectangle, as a share of the picture's. Default [0.02, 0.33]. */
  readonly scale?: Range;
  /** Height over width of the rectangle; its logarithm is drawn uniformly. Default [0.3, 3.3]. */
  readonly ratio?: Range;
  /** What is painted: one number, one a channel, or 'random' for standard normal numbers. Default 0. */
  readonly value?: number | readonly number[] | 'random';
}

/** The rectangle: the first of ten drawn sizes that is smaller than the picture both ways, anywhere; undefined when none is. */
export function drawErasing({ width, height }: Size, scale: Range, ratio: Range, random: RandomStream): Window | undefined {
  const area = width * height;
  const low = Math.log(ratio[0]);
  const high = Math.log(ratio[1]);
  for (let attempt = 0; attempt < 10; attempt++) {
    const target = area * random.between(scale[0], scale[1]);
    const aspect = Math.exp(random.between(low, high));
    const h = roundHalfEven(Math.sqrt(target * aspect));
    const w = roundHalfEven(Math.sqrt(target / aspect));
    if (h < height && w < width) {
      const top = random.below(height - h + 1);
      const left = random.below(width - w + 1);
      return { left, top, width: w, height: h };
    }
  }
  return undefined;
}

export const randomErasing: TensorRule<RandomErasing> = {
  stage: 'tensor',
  keys: ['p', 'scale', 'ratio', 'value'],
  plan(options, shape, what) {
    const { p = 0.5, scale = [0.02, 0.33], ratio = [0.3, 3.3], value = 0 } = options;
    const { channels, width, height } = shape;
    checkProbability(what, p);
    checkRange(what, 'scale', scale, 0, 1);
    checkRange(what, 'ratio', ratio, Number.MIN_VALUE);
    const paint = value === 'random' ? undefined : Array.isArray(value) ? (value as readonly number[]) : [value as number];
    if (paint) {
      checkChoice(what, 'numbers in value', paint.length, channels === 1 ? [1] : [1, channels]);
      for (const each of paint) checkNumber(what, 'value', each);
    }
    return (values, offset, random) => {
      if (!random.chance(p)) return;
      const window = drawErasing(shape, scale, ratio, random);
      if (!window) return;
      for (let channel = 0; channel < channels; channel++) {
        for (let y = window.top; y < window.top + window.height; y++) {
          const start = offset + (channel * height + y) * width + window.left;
          const end = start + window.width;
          if (paint) values.fill(paint[paint.length === 1 ? 0 : channel] as number, start, end);
          else for (let i = start; i < end; i++) values[i] = drawNormal(random);
        }
      }
    };
  },
};

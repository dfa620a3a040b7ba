/** Brightness, contrast, saturation and hue changed at random, in random order: torchvision's ColorJitter. */
import type { RandomStream } from '../../base/random-stream.ts';
import type { Picture } from '../../platform/image.ts';
import { adjustBrightness, adjustContrast, adjustSaturation } from '../kernels/enhance.ts';
import { adjustHue } from '../kernels/hue.ts';
import { checkNumber, checkRange, type Range } from './checks.ts';
import type { PictureRule } from './rule.ts';

export interface ColorJitter {
  readonly kind: 'colorJitter';
  /** A number b draws factors from [max(0, 1 - b), 1 + b]; a pair is the range itself. Default 0: unchanged. */
  readonly brightness?: number | Range;
  readonly contrast?: number | Range;
  readonly saturation?: number | Range;
  /** A number h, up to 0.5, draws turns from [-h, h]; a pair is the range itself. Default 0. */
  readonly hue?: number | Range;
}

/** The range of factors; undefined where nothing is to change. */
function rangeOf(what: string, name: string, value: number | Range, center: 0 | 1): Range | undefined {
  const [low, high] = center === 1 ? [0, Infinity] : [-0.5, 0.5];
  if (typeof value !== 'number') checkRange(what, name, value, low, high);
  else checkNumber(what, name, value, 0, high);
  const [from, to] = typeof value === 'number' ? [Math.max(low, center - value), center + value] : value;
  return from === center && to === center ? undefined : [from, to];
}

/** The numbers 0 to count - 1 in random order (Fisher-Yates). */
export function drawOrder(count: number, random: RandomStream): readonly number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < count - 1; i++) {
    const other = i + random.below(count - i);
    [order[i], order[other]] = [order[other] as number, order[i] as number];
  }
  return order;
}

const changes: readonly ((picture: Picture, factor: number) => Picture)[] = [
  adjustBrightness,
  adjustContrast,
  adjustSaturation,
  adjustHue,
];

export const colorJitter: PictureRule<ColorJitter> = {
  stage: 'picture',
  keys: ['brightness', 'contrast', 'saturation', 'hue'],
  plan({ brightness = 0, contrast = 0, saturation = 0, hue = 0 }, before, what) {
    const ranges = [
      rangeOf(what, 'brightness', brightness, 1),
      rangeOf(what, 'contrast', contrast, 1),
      rangeOf(what, 'saturation', saturation, 1),
      rangeOf(what, 'hue', hue, 0),
    ];
    return {
      after: before,
      step: (picture, random) => {
        const order = drawOrder(4, random);
        const factors = ranges.map((range) => range && random.between(range[0], range[1]));
        let current = picture;
        for (const index of order) {
          const factor = factors[index];
          if (factor !== undefined) current = (changes[index] as (typeof changes)[number])(current, factor);
        }
        return current;
      },
    };
  },
};

/** A turn by a random angle: torchvision's RandomRotation. */
import { type AffineInterpolation, affineInterpolations } from '../kernels/affine.ts';
import { type Point, rotate } from '../kernels/rotate.ts';
import { checkChoice, checkNumber, checkRange, fillOf, type Range } from './checks.ts';
import type { PictureRule } from './rule.ts';

export interface Rotation {
  readonly kind: 'rotation';
  /** Counter-clockwise degrees: a number d draws from [-d, d], a pair is the range itself. */
  readonly degrees: number | Range;
  /** Default 'nearest'. */
  readonly interpolation?: AffineInterpolation;
  /** Whether the picture grows to hold all of itself, then differing in size. Default false. */
  readonly expand?: boolean;
  /** What it turns about, x and y in pixels from the upper left corner. Default: the middle. */
  readonly center?: Point;
  /** Bytes for what was outside: one, or one a channel. Default 0. */
  readonly fill?: number | readonly number[];
}

/** A range of degrees. @throws usage unless `degrees` is a number of at least 0 or a pair in order */
export function degreesOf(what: string, name: string, degrees: number | Range): Range {
  if (typeof degrees !== 'number') {
    checkRange(what, name, degrees);
    return degrees;
  }
  checkNumber(what, name, degrees, 0);
  return [-degrees, degrees];
}

/** @throws usage unless `center` is absent or two numbers */
export function checkCenter(what: string, center: Point | undefined): void {
  if (center === undefined) return;
  checkChoice(what, 'numbers in center', Array.isArray(center) ? center.length : 0, [2]);
  for (const each of center) checkNumber(what, 'center', each);
}

export const rotation: PictureRule<Rotation> = {
  stage: 'picture',
  keys: ['degrees', 'interpolation', 'expand', 'center', 'fill'],
  plan(options, before, what) {
    const { interpolation = 'nearest', expand = false, center, fill = 0 } = options;
    const [low, high] = degreesOf(what, 'degrees', options.degrees);
    checkChoice(what, 'interpolation', interpolation, affineInterpolations);
    checkChoice(what, 'expand', expand, [true, false]);
    checkCenter(what, center);
    const how = { interpolation, expand, center, fill: fillOf(what, fill, before.channels) };
    return {
      after: expand ? { channels: before.channels } : before,
      step: (picture, random) => rotate(picture, random.between(low, high), how),
    };
  },
};

/** A random rotation, shift, scale and shear about the middle: torchvision's RandomAffine. */
import type { RandomStream } from '../../base/random-stream.ts';
import { roundHalfEven } from '../../base/rounding.ts';
import type { Size } from '../geometry.ts';
import { type AffineInterpolation, affineInterpolations } from '../kernels/affine.ts';
import { type AffineParameters, affine as applyAffine, type Point } from '../kernels/rotate.ts';
import { checkChoice, checkNumber, checkRange, fillOf, type Range } from './checks.ts';
import { checkCenter, degreesOf } from './rotation.ts';
import type { PictureRule } from './rule.ts';

export interface Affine {
  readonly kind: 'affine';
  /** Clockwise degrees: a number d draws from [-d, d], a pair is the range itself. */
  readonly degrees: number | Range;
  /** Largest shifts along x and y, as shares of width and height. Default: no shift. */
  readonly translate?: readonly [number, number];
  /** Range of the scale. Default: 1. */
  readonly scale?: Range;
  /** Degrees: a number or a pair shears along x, four numbers are a range along x and one along y. Default: no shear. */
  readonly shear?: number | Range | readonly [number, number, number, number];
  /** Default 'nearest'. */
  readonly interpolation?: AffineInterpolation;
  /** What stays in place, x and y in pixels. Default: the middle. */
  readonly center?: Point;
  /** Bytes for what was outside: one, or one a channel. Default 0. */
  readonly fill?: number | readonly number[];
}

/** The ranges of a transform, checked. */
interface AffineRanges {
  readonly degrees: Range;
  readonly translate: Affine['translate'];
  readonly scale: Range | undefined;
  readonly shear: readonly Range[];
}

/** Draws angle, shifts, scale and shears, in that order; what has no range is not drawn. */
export function drawAffine(ranges: AffineRanges, { width, height }: Size, random: RandomStream): AffineParameters {
  const { degrees, translate, scale, shear } = ranges;
  const draw = (range: Range): number => random.between(range[0], range[1]);
  const shift = (share: number, side: number): number => roundHalfEven(draw([-share * side, share * side]));
  const angle = draw(degrees);
  const moved: Point = translate ? [shift(translate[0], width), shift(translate[1], height)] : [0, 0];
  const factor = scale ? draw(scale) : 1;
  const [sx, sy] = shear;
  return { angle, translate: moved, scale: factor, shear: [sx ? draw(sx) : 0, sy ? draw(sy) : 0] };
}

/** The shears' ranges along x and y. */
function shearOf(what: string, shear: Affine['shear']): readonly Range[] {
  if (shear === undefined) return [];
  if (!Array.isArray(shear) || shear.length !== 4) return [degreesOf(what, 'shear', shear as number | Range)];
  const ranges: readonly Range[] = [
    [shear[0] as number, shear[1] as number],
    [shear[2] as number, shear[3] as number],
  ];
  for (const range of ranges) checkRange(what, 'shear', range);
  return ranges;
}

export const affine: PictureRule<Affine> = {
  stage: 'picture',
  keys: ['degrees', 'translate', 'scale', 'shear', 'interpolation', 'center', 'fill'],
  plan(options, before, what) {
    const { translate, scale, interpolation = 'nearest', center, fill = 0 } = options;
    if (translate !== undefined) {
      checkChoice(what, 'numbers in translate', Array.isArray(translate) ? translate.length : 0, [2]);
      for (const share of translate) checkNumber(what, 'translate', share, 0, 1);
    }
    if (scale !== undefined) checkRange(what, 'scale', scale, Number.MIN_VALUE);
    checkChoice(what, 'interpolation', interpolation, affineInterpolations);
    checkCenter(what, center);
    const colour = fillOf(what, fill, before.channels);
    const degrees = degreesOf(what, 'degrees', options.degrees);
    const ranges: AffineRanges = { degrees, translate, scale, shear: shearOf(what, options.shear) };
    return {
      after: before,
      step: (picture, random) => {
        const drawn = drawAffine(ranges, picture, random);
        return applyAffine(picture, center ? { ...drawn, center } : drawn, interpolation, colour);
      },
    };
  },
};

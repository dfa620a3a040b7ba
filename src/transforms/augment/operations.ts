/** The operations that AutoAugment and its kin choose from, as torchvision carries them out. */
import type { RandomStream } from '../../base/random-stream.ts';
import type { Picture } from '../../platform/image.ts';
import type { AffineInterpolation } from '../kernels/affine.ts';
import { adjustBrightness, adjustContrast, adjustSaturation, adjustSharpness } from '../kernels/enhance.ts';
import { autocontrast, equalize } from '../kernels/histogram.ts';
import { invert, posterize, solarize } from '../kernels/point.ts';
import { affine, type Point, rotate } from '../kernels/rotate.ts';
import { atan, degrees } from '../kernels/trigonometry.ts';

export type Operation =
  | 'identity'
  | 'shearX'
  | 'shearY'
  | 'translateX'
  | 'translateY'
  | 'rotate'
  | 'brightness'
  | 'color'
  | 'contrast'
  | 'sharpness'
  | 'posterize'
  | 'solarize'
  | 'autoContrast'
  | 'equalize'
  | 'invert';

/** How pixels that an operation moves are found and what fills the rest. */
export interface Surroundings {
  readonly interpolation: AffineInterpolation;
  /** A number per channel. */
  readonly fill: readonly number[];
}

function moved(picture: Picture, translate: Point, { interpolation, fill }: Surroundings): Picture {
  return affine(picture, { angle: 0, translate, scale: 1, shear: [0, 0] }, interpolation, fill);
}

/** Shears about the upper left corner; the magnitude is the tangent of the angle. */
function sheared(picture: Picture, shear: Point, { interpolation, fill }: Surroundings): Picture {
  return affine(picture, { angle: 0, translate: [0, 0], scale: 1, shear, center: [0, 0] }, interpolation, fill);
}

/** What each does with a magnitude in its own unit. */
const operations: { readonly [K in Operation]: (picture: Picture, magnitude: number, around: Surroundings) => Picture } = {
  identity: (picture) => picture,
  shearX: (picture, tangent, around) => sheared(picture, [degrees(atan(tangent)), 0], around),
  shearY: (picture, tangent, around) => sheared(picture, [0, degrees(atan(tangent))], around),
  translateX: (picture, pixels, around) => moved(picture, [Math.trunc(pixels), 0], around),
  translateY: (picture, pixels, around) => moved(picture, [0, Math.trunc(pixels)], around),
  rotate: (picture, angle, around) => rotate(picture, angle, { ...around, expand: false, center: undefined }),
  brightness: (picture, more) => adjustBrightness(picture, 1 + more),
  color: (picture, more) => adjustSaturation(picture, 1 + more),
  contrast: (picture, more) => adjustContrast(picture, 1 + more),
  sharpness: (picture, more) => adjustSharpness(picture, 1 + more),
  posterize: (picture, bits) => posterize(picture, Math.trunc(bits)),
  solarize: (picture, threshold) => solarize(picture, threshold),
  autoContrast: (picture) => autocontrast(picture),
  equalize: (picture) => equalize(picture),
  invert: (picture) => invert(picture),
};

/** Carries out an operation. */
export function operate(picture: Picture, operation: Operation, magnitude: number, around: Surroundings): Picture {
  return operations[operation](picture, magnitude, around);
}

/** The operations of a method, with the magnitudes of its levels. */
export type Space = readonly SpaceEntry[];

export interface SpaceEntry {
  readonly operation: Operation;
  /** One for every level; empty where the operation has no strength. */
  readonly magnitudes: readonly number[];
  /** Whether the magnitude is negated half of the time. */
  readonly signed: boolean;
}

/** Numbers from `from` to `to` at equal distances, in float32: counted from the nearer end, as torch.linspace does. */
export function levels(from: number, to: number, count: number): readonly number[] {
  const [start, end] = [Math.fround(from), Math.fround(to)];
  const step = Math.fround(Math.fround(end - start) / (count - 1));
  return Array.from({ length: count }, (_, i) =>
    i < count >> 1 ? Math.fround(start + Math.fround(step * i)) : Math.fround(end - Math.fround(step * (count - 1 - i))),
  );
}

/** The magnitude of a level, negated half of the time where it has a sign. */
export function signedMagnitude(entry: SpaceEntry, level: number, random: RandomStream): number {
  const magnitude = entry.magnitudes[level] ?? 0;
  return entry.signed && random.below(2) === 1 ? -magnitude : magnitude;
}

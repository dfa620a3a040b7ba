/** What AutoAugment, RandAugment, TrivialAugment and AugMix choose from: operations and the magnitudes of their levels. */
import { roundHalfEven } from '../../base/rounding.ts';
import type { Size } from '../geometry.ts';
import { levels, type Operation, type Space, type SpaceEntry } from './operations.ts';

/** The strongest magnitudes of a method. */
interface Strengths {
  /** Tangent. */
  readonly shear: number;
  /** Pixels along x and y. */
  readonly translate: readonly [number, number];
  /** Degrees. */
  readonly rotate: number;
  /** Change of brightness, colour, contrast and sharpness. */
  readonly tones: number;
  /** Bits kept at the weakest level, and how many fewer at the strongest. */
  readonly posterize: readonly [number, number];
}

function entriesOf(strengths: Strengths, count: number): { readonly [K in Operation]: SpaceEntry } {
  const { shear, translate, rotate, tones, posterize } = strengths;
  const plain = (operation: Operation): SpaceEntry => ({ operation, magnitudes: [], signed: false });
  const signed = (operation: Operation, to: number): SpaceEntry => ({
    operation,
    magnitudes: levels(0, to, count),
    signed: true,
  });
  const bits = Array.from({ length: count }, (_, i) => {
    return posterize[0] - roundHalfEven(Math.fround(i / Math.fround((count - 1) / posterize[1])));
  });
  return {
    identity: plain('identity'),
    shearX: signed('shearX', shear),
    shearY: signed('shearY', shear),
    translateX: signed('translateX', translate[0]),
    translateY: signed('translateY', translate[1]),
    rotate: signed('rotate', rotate),
    brightness: signed('brightness', tones),
    color: signed('color', tones),
    contrast: signed('contrast', tones),
    sharpness: signed('sharpness', tones),
    posterize: { operation: 'posterize', magnitudes: bits, signed: false },
    solarize: { operation: 'solarize', magnitudes: levels(255, 0, count), signed: false },
    autoContrast: plain('autoContrast'),
    equalize: plain('equalize'),
    invert: plain('invert'),
  };
}

const shifts: readonly Operation[] = ['shearX', 'shearY', 'translateX', 'translateY', 'rotate'];
const enhancements: readonly Operation[] = ['brightness', 'color', 'contrast', 'sharpness'];
const tables: readonly Operation[] = ['posterize', 'solarize', 'autoContrast', 'equalize'];

/** AutoAugment's operations by name, at 10 levels. */
export function autoAugmentSpace({ width, height }: Size): { readonly [K in Operation]: SpaceEntry } {
  const strengths: Strengths = {
    shear: 0.3,
    translate: [(150 / 331) * width, (150 / 331) * height],
    rotate: 30,
    tones: 0.9,
    posterize: [8, 4],
  };
  return entriesOf(strengths, 10);
}

/** RandAugment's operations at `count` levels. */
export function randAugmentSpace({ width, height }: Size, count: number): Space {
  const strengths: Strengths = {
    shear: 0.3,
    translate: [(150 / 331) * width, (150 / 331) * height],
    rotate: 30,
    tones: 0.9,
    posterize: [8, 4],
  };
  const entries = entriesOf(strengths, count);
  return ['identity' as const, ...shifts, ...enhancements, ...tables].map((name) => entries[name]);
}

/** TrivialAugment's wide operations at `count` levels, alike for all picture sizes. */
export function trivialAugmentSpace(count: number): Space {
  const entries = entriesOf({ shear: 0.99, translate: [32, 32], rotate: 135, tones: 0.99, posterize: [8, 6] }, count);
  return ['identity' as const, ...shifts, ...enhancements, ...tables].map((name) => entries[name]);
}

/** AugMix's operations at 10 levels; without `all`, those that its paper keeps apart from common corruptions. */
export function augMixSpace({ width, height }: Size, all: boolean): Space {
  const strengths: Strengths = { shear: 0.3, translate: [width / 3, height / 3], rotate: 30, tones: 0.9, posterize: [4, 4] };
  const entries = entriesOf(strengths, 10);
  return [...shifts, ...tables, ...(all ? enhancements : [])].map((name) => entries[name]);
}

/** Remembers the space of the size that came last, since pictures of a data set often share theirs. */
export function bySize<T>(make: (size: Size) => T): (size: Size) => T {
  let last: { readonly width: number; readonly height: number; readonly made: T } | undefined;
  return ({ width, height }) => {
    if (last?.width !== width || last.height !== height) last = { width, height, made: make({ width, height }) };
    return last.made;
  };
}

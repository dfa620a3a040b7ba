/** Colours: drawn by hue, saturation and value, kept apart by luminance. */
import type { RandomStream } from '../../base/random-stream.ts';

/** Red, green and blue in 0..1. */
export type Colour = readonly [number, number, number];

/** Hue in turns, saturation and value in 0..1. */
export function hsv(hue: number, saturation: number, value: number): Colour {
  const channel = (shift: number): number => {
    const sixth = ((hue - Math.floor(hue)) * 6 + shift) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(1, sixth, 4 - sixth)));
  };
  return [channel(5), channel(3), channel(1)];
}

/** Rec. 601 luma, 0..1. */
export function luminance([red, green, blue]: Colour): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

export function mix(a: Colour, b: Colour, amount: number): Colour {
  return [a[0] + (b[0] - a[0]) * amount, a[1] + (b[1] - a[1]) * amount, a[2] + (b[2] - a[2]) * amount];
}

/** How far a shape's luminance is from the background's. */
const APART = 0.28;

/** A lively colour whose luminance is apart from the given one's; after eight tries black or white. */
export function colourAgainst(background: number, random: RandomStream): Colour {
  for (let tries = 0; tries < 8; tries++) {
    const colour = hsv(random.uniform(), random.between(0.55, 1), random.between(0.35, 1));
    if (Math.abs(luminance(colour) - background) >= APART) return colour;
  }
  return background > 0.5 ? [0.05, 0.05, 0.05] : [0.95, 0.95, 0.95];
}

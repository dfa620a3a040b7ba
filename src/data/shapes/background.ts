/** What shapes lie on: a gradient, stripes, a soft chequerboard or a glow, all of little contrast. */
import type { RandomStream } from '../../base/random-stream.ts';
import { type Colour, hsv, luminance } from './colour.ts';
import { direction } from './turn.ts';

export interface Background {
  /** Mean of its two colours' luminances. */
  readonly luminance: number;
  readonly first: Colour;
  readonly second: Colour;
  /** How much of the second colour is in a point's, 0..1; the point is given in fractions of the picture's shorter side. */
  amount(x: number, y: number): number;
}

/** 0 to 1 and back, softly, once every unit. */
function wave(t: number): number {
  const saw = Math.abs(2 * (t - Math.floor(t)) - 1);
  return saw * saw * (3 - 2 * saw);
}

const patterns: readonly ((x: number, y: number, scale: number) => number)[] = [
  (x) => Math.min(1, Math.max(0, 0.5 + x * 0.7)),
  (x, _y, scale) => wave(x * scale),
  (x, y, scale) => (wave(x * scale * 0.7) > 0.5 !== wave(y * scale * 0.7) > 0.5 ? 1 : 0.25),
  (x, y) => 1 / (1 + 5 * (x * x + y * y)),
];

export function drawBackground(random: RandomStream): Background {
  const hue = random.uniform();
  const value = random.between(0.15, 0.95);
  const first = hsv(hue, random.between(0, 0.45), value);
  const second = hsv(hue + random.between(-0.12, 0.12), random.between(0, 0.45), value + random.between(-0.15, 0.15));
  const pattern = patterns[random.below(patterns.length)] as (typeof patterns)[number];
  const { x: c, y: s } = direction(random.uniform());
  const centerX = random.between(0.2, 0.8);
  const centerY = random.between(0.2, 0.8);
  const scale = random.between(2, 6);
  return {
    luminance: (luminance(first) + luminance(second)) / 2,
    first,
    second,
    amount: (x, y) => {
      const offX = x - centerX;
      const offY = y - centerY;
      return pattern(c * offX + s * offY, c * offY - s * offX, scale);
    },
  };
}

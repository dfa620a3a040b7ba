/**
 * Sine and cosine from sums, products and quotients alone, which are equal in every bit on every machine; engines' own
 * `Math.sin` may differ in the last one.
 */

/** 1 - s/d0 (1 - s/d1 (1 - ...)): a Taylor series in s, the square of the angle. */
function series(s: number, divisors: readonly number[]): number {
  return divisors.reduceRight((inner, divisor) => 1 - (s / divisor) * inner, 1);
}

/** 2·3, 4·5, ...: the quotients of the sine's factorials. On an eighth of a turn the first term left out is below 1e-16. */
const ofSine: readonly number[] = [6, 20, 42, 72, 110, 156, 210];
/** 1·2, 3·4, ... */
const ofCosine: readonly number[] = [2, 12, 30, 56, 90, 132, 182, 240];

/** A point of the plane, or a direction of length 1. */
export interface Direction {
  readonly x: number;
  readonly y: number;
}

/** Where `turns` whole turns from (1, 0) towards (0, 1) point; in a picture, whose y goes down, that is clockwise. */
export function direction(turns: number): Direction {
  const part = turns - Math.floor(turns);
  const quarter = Math.floor(part * 4 + 0.5);
  const angle = (part - quarter / 4) * 2 * Math.PI;
  const c = series(angle * angle, ofCosine);
  const s = angle * series(angle * angle, ofSine);
  if (quarter === 1) return { x: -s, y: c };
  if (quarter === 2) return { x: -c, y: -s };
  if (quarter === 3) return { x: s, y: -c };
  return { x: c, y: s };
}

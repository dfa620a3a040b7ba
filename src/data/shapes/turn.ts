/**
 * Sine and cosine from sums and products alone, so that they are equal in every bit on every machine; engines' own
 * `Math.sin` may differ in the last bit. Taylor polynomials on an eighth of a turn, where the first term left out is below 1e-16.
 */

function sine(x: number): number {
  const s = x * x;
  return x * (1 + (s / -6) * (1 + (s / -20) * (1 + (s / -42) * (1 + (s / -72) * (1 + (s / -110) * (1 + s / -156))))));
}

function cosine(x: number): number {
  const s = x * x;
  return 1 + (s / -2) * (1 + (s / -12) * (1 + (s / -30) * (1 + (s / -56) * (1 + (s / -90) * (1 + (s / -132) * (1 + s / -182))))));
}

/** A direction. */
export interface Direction {
  readonly x: number;
  readonly y: number;
}

/** Where `turns` whole turns from (1, 0) towards (0, 1) point; in a picture, whose y goes down, that is clockwise. */
export function direction(turns: number): Direction {
  const eighths = Math.round((turns - Math.floor(turns)) * 8 - 0.5);
  const quarter = Math.floor((eighths + 1) / 2);
  const angle = (turns - Math.floor(turns) - quarter / 4) * 2 * Math.PI;
  const c = cosine(angle);
  const s = sine(angle);
  if (quarter === 1) return { x: -s, y: c };
  if (quarter === 2) return { x: -c, y: -s };
  if (quarter === 3) return { x: s, y: -c };
  return { x: c, y: s };
}

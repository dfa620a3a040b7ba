/**
 * Sine, cosine, tangent and arctangent to the last bit. Engines differ in the last bit of theirs, and where a transform
 * falls exactly between pixels, that bit chooses the pixel; so they are computed here in pairs of numbers (high + low, the
 * double-double arithmetic of Dekker, "A floating-point technique for extending the available precision", 1971).
 */

/** An unevaluated sum, the second at most half a unit in the last place of the first. */
type Pair = readonly [number, number];

/** a + b exactly (Knuth). */
function sum(a: number, b: number): Pair {
  const high = a + b;
  const part = high - a;
  return [high, a - (high - part) + (b - part)];
}

/** a * b exactly (Dekker, Veltkamp's splitting). */
function product(a: number, b: number): Pair {
  const high = a * b;
  const bigA = a * 134217729;
  const bigB = b * 134217729;
  const topA = bigA - (bigA - a);
  const topB = bigB - (bigB - b);
  const restA = a - topA;
  const restB = b - topB;
  return [high, restA * restB - (high - topA * topB - restA * topB - topA * restB)];
}

function add(a: Pair, b: Pair): Pair {
  const [high, low] = sum(a[0], b[0]);
  const [middle, end] = sum(a[1], b[1]);
  const [first, second] = sum(high, low + middle);
  return sum(first, second + end);
}

function multiply(a: Pair, b: Pair): Pair {
  const [high, low] = product(a[0], b[0]);
  return sum(high, low + (a[0] * b[1] + a[1] * b[0]));
}

function divide(a: Pair, b: Pair): Pair {
  const first = a[0] / b[0];
  const left = add(a, negate(multiply(b, [first, 0])));
  const second = left[0] / b[0];
  const rest = add(left, negate(multiply(b, [second, 0])));
  return add(sum(first, second), [rest[0] / b[0], 0]);
}

function negate(a: Pair): Pair {
  return [-a[0], -a[1]];
}

/** A quarter turn in three parts. */
const quarter = [1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33] as const;

/** Sine and cosine of x radians: the nearest quarter turn taken off, then Taylor's series. */
function sineAndCosine(x: number): { readonly sine: Pair; readonly cosine: Pair } {
  if (x === 0) return { sine: [x, 0], cosine: [1, 0] };
  const turns = Math.round(x / quarter[0]);
  let rest: Pair = [x, 0];
  for (const part of quarter) rest = add(rest, negate(product(turns, part)));
  const square = multiply(rest, rest);
  let sine: Pair = [0, 0];
  let cosine: Pair = [0, 0];
  let term: Pair = [1, 0];
  for (let n = 0; n < 30; n += 2) {
    cosine = add(cosine, term);
    const odd = divide(multiply(term, rest), [n + 1, 0]);
    sine = add(sine, odd);
    term = negate(divide(multiply(term, square), [(n + 1) * (n + 2), 0]));
  }
  switch (((turns % 4) + 4) % 4) {
    case 0:
      return { sine, cosine };
    case 1:
      return { sine: cosine, cosine: negate(sine) };
    case 2:
      return { sine: negate(sine), cosine: negate(cosine) };
    default:
      return { sine: negate(cosine), cosine: sine };
  }
}

/** Sine of x radians, for |x| below 1e6. */
export function sin(x: number): number {
  return sineAndCosine(x).sine[0];
}

/** Cosine of x radians, for |x| below 1e6. */
export function cos(x: number): number {
  return sineAndCosine(x).cosine[0];
}

/** Tangent of x radians, for |x| below 1e6. */
export function tan(x: number): number {
  const { sine, cosine } = sineAndCosine(x);
  return divide(sine, cosine)[0];
}

/** The angle of a tangent: the engine's, corrected by tan(a - b) = (tan a - tan b) / (1 + tan a tan b). */
export function atan(x: number): number {
  const near = Math.atan(x);
  const { sine, cosine } = sineAndCosine(near);
  const above = add(multiply([x, 0], cosine), negate(sine));
  const below = add(cosine, multiply([x, 0], sine));
  return near + divide(above, below)[0];
}

/** Degrees to radians, as Python's math module. */
export function radians(degrees: number): number {
  return degrees * (Math.PI / 180);
}

/** Radians to degrees, as Python's math module. */
export function degrees(angle: number): number {
  return angle * (180 / Math.PI);
}

/**
 * The inverse cosine transform of 8x8 blocks as libjpeg computes it by default: the integer algorithm of Loeffler, Ligtenberg
 * and Moschytz (1989) with 13-bit constants and two more bits between the passes, so that all decoders agree to the bit.
 */

/** round(value * 2^13) of the constants, named by their values. */
const F0_298 = 2446;
const F0_390 = 3196;
const F0_541 = 4433;
const F0_765 = 6270;
const F0_899 = 7373;
const F1_175 = 9633;
const F1_501 = 12299;
const F1_847 = 15137;
const F1_961 = 16069;
const F2_053 = 16819;
const F2_562 = 20995;
const F3_072 = 25172;

/** One pass over eight numbers that lie `step` apart: rounds the sums and drops `drop` bits. */
function pass(values: Int32Array, at: number, step: number, drop: number): void {
  const v = (i: number): number => values[at + i * step] as number;
  const round = 1 << (drop - 1);
  const even = (v(2) + v(6)) * F0_541;
  const e2 = even - v(6) * F1_847;
  const e3 = even + v(2) * F0_765;
  const e0 = (v(0) + v(4)) * 8192 + round;
  const e1 = (v(0) - v(4)) * 8192 + round;
  const [a, b, c, d] = [e0 + e3, e1 + e2, e1 - e2, e0 - e3];
  const odd = (v(7) + v(3) + v(5) + v(1)) * F1_175;
  const z1 = -(v(7) + v(1)) * F0_899;
  const z2 = -(v(5) + v(3)) * F2_562;
  const z3 = odd - (v(7) + v(3)) * F1_961;
  const z4 = odd - (v(5) + v(1)) * F0_390;
  const o0 = v(7) * F0_298 + z1 + z3;
  const o1 = v(5) * F2_053 + z2 + z4;
  const o2 = v(3) * F3_072 + z2 + z3;
  const o3 = v(1) * F1_501 + z1 + z4;
  values[at] = (a + o3) >> drop;
  values[at + 7 * step] = (a - o3) >> drop;
  values[at + step] = (b + o2) >> drop;
  values[at + 6 * step] = (b - o2) >> drop;
  values[at + 2 * step] = (c + o1) >> drop;
  values[at + 5 * step] = (c - o1) >> drop;
  values[at + 3 * step] = (d + o0) >> drop;
  values[at + 4 * step] = (d - o0) >> drop;
}

/**
 * Turns 64 dequantised coefficients, in rows, into samples from `to` on, in rows that lie `stride` apart. The block is used
 * up. @param flat true when all but the first coefficient are zero
 */
export function inverseCosine(block: Int32Array, flat: boolean, out: Uint8Array, to: number, stride: number): void {
  if (flat) {
    // What both passes make of it: 2 bits more, then 5 bits less with rounding.
    const sample = Math.min(255, Math.max(0, ((((block[0] as number) << 2) + 16) >> 5) + 128));
    for (let y = 0; y < 8; y++) out.fill(sample, to + y * stride, to + y * stride + 8);
    return;
  }
  for (let x = 0; x < 8; x++) pass(block, x, 8, 11);
  for (let y = 0; y < 8; y++) {
    pass(block, y * 8, 1, 18);
    for (let x = 0; x < 8; x++) {
      out[to + y * stride + x] = Math.min(255, Math.max(0, (block[y * 8 + x] as number) + 128));
    }
  }
}

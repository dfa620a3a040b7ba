/** 16-bit floats: float16 (IEEE binary16) and bfloat16, to and from float32, rounding to nearest even. */

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

/** The number that 16 bits of IEEE binary16 stand for. */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The binary16 bits nearest to a float32 given as its bits; ties go to the even one, NaN to 0x7e00. */
function roundToFloat16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude <= 0x33000000) return sign;
  const subnormal = magnitude < 0x38800000;
  const value = subnormal ? (magnitude & 0x7fffff) | 0x800000 : magnitude - 0x38000000;
  const shift = subnormal ? 126 - (magnitude >>> 23) : 13;
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept);
}

/** The bfloat16 bits nearest to a float32 given as its bits; ties go to the even one, NaN to 0x7fc0. */
function roundToBfloat16(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return ((bits >>> 16) & 0x8000) | 0x7fc0;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The binary16 bits of a number, which is rounded to float32 first. */
export function numberToFloat16(value: number): number {
  scratchFloat[0] = value;
  return roundToFloat16(scratchBits[0] as number);
}

let float16Table: Float32Array | undefined;

/** Exact. */
export function float16ToFloat32(halves: Uint16Array): Float32Array {
  if (float16Table === undefined) {
    float16Table = new Float32Array(65536);
    for (let bits = 0; bits < 65536; bits++) float16Table[bits] = float16ToNumber(bits);
  }
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = float16Table[halves[i] as number] as number;
  return values;
}

/** Rounds to nearest even; beyond 65504 to infinity. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = roundToFloat16(bits[i] as number);
  return halves;
}

/** Exact. */
export function bfloat16ToFloat32(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] as number) << 16;
  return new Float32Array(bits.buffer);
}

/** Rounds to nearest even. */
export function float32ToBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = roundToBfloat16(bits[i] as number);
  return halves;
}

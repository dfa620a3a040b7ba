/** Fixed-point resampling weights along one axis, computed as Pillow computes them. */
import type { Kernel } from './interpolation.ts';

/** Bits after the binary point of a weight: 32, less 8 of the pixel and 2 for weights that overshoot. */
export const precisionBits = 22;

/** Weights of the outputs [start, start + count) of an axis. */
export interface Coefficients {
  /** Most weights any output has: the row length of `weights`. */
  readonly stride: number;
  /** First input position of each output. */
  readonly first: Int32Array;
  /** How many inputs each output reads. */
  readonly taps: Int32Array;
  /** Weights times 2^22, `stride` a row. */
  readonly weights: Int32Array;
}

/**
 * Weights that resample `inputSize` pixels to `outputSize`, for the outputs [start, start + count) alone.
 * Output i is centred at (i + 1/2) * scale, with scale = inputSize / outputSize; the kernel is stretched by the scale
 * when reducing, cut at the picture's edges, and normalised to sum 1 in float64 before rounding to 22 bits.
 */
export function coefficients(kernel: Kernel, inputSize: number, outputSize: number, start: number, count: number): Coefficients {
  const scale = inputSize / outputSize;
  const stretch = Math.max(scale, 1);
  const support = kernel.support * stretch;
  const inverse = 1 / stretch;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(count);
  const taps = new Int32Array(count);
  const weights = new Int32Array(count * stride);
  const row = new Float64Array(stride);
  for (let i = 0; i < count; i++) {
    const center = (start + i + 0.5) * scale;
    const from = Math.max(0, Math.trunc(center - support + 0.5));
    const length = Math.min(inputSize, Math.trunc(center + support + 0.5)) - from;
    let sum = 0;
    for (let t = 0; t < length; t++) {
      const weight = kernel.weight((t + from - center + 0.5) * inverse);
      row[t] = weight;
      sum += weight;
    }
    for (let t = 0; t < length; t++) {
      const weight = (sum === 0 ? (row[t] as number) : (row[t] as number) / sum) * (1 << precisionBits);
      weights[i * stride + t] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    first[i] = from;
    taps[i] = length;
  }
  return { stride, first, taps, weights };
}

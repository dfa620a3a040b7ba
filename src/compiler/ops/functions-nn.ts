/** The neural-network functions over values: convolutions, pools, normalization, activations. Each adds nodes to a graph. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../ir/graph.ts';
import { fail, staticDim } from './shapes.ts';
import { repeat } from './windows.ts';

/** One number for every spatial axis, or one for all. */
export type PerAxis = number | readonly number[];

/** Padding: one number for all sides, one for each axis, or different ones before and after. */
export type Padding = PerAxis | { readonly before: readonly number[]; readonly after: readonly number[] };

export interface ConvOptions {
  /** Default 1. */
  readonly stride?: PerAxis;
  /** Zeros around the input; default 0. */
  readonly padding?: Padding;
  /** Default 1. */
  readonly dilation?: PerAxis;
  /** Default 1. */
  readonly groups?: number;
}

export interface ConvTransposeOptions extends ConvOptions {
  /** Elements added at the end of each axis, less than the stride; default 0. */
  readonly outputPadding?: PerAxis;
}

export interface MaxPoolOptions {
  readonly kernel: PerAxis;
  /** Default: the kernel. */
  readonly stride?: PerAxis;
  /** Default 0. */
  readonly padding?: Padding;
  /** Default 1. */
  readonly dilation?: PerAxis;
  /** Rounds the count of windows up; default false. */
  readonly ceilMode?: boolean;
}

export interface AvgPoolOptions extends Omit<MaxPoolOptions, 'dilation'> {
  /** Whether padding counts as zeros; default true. */
  readonly countIncludePad?: boolean;
}

const convKeys = ['stride', 'padding', 'dilation', 'groups'];
const poolKeys = ['kernel', 'stride', 'padding', 'ceilMode'];

function perAxis(value: PerAxis, rank: number): readonly number[] {
  return typeof value === 'number' ? repeat(value, rank) : value;
}

function pads(padding: Padding, rank: number): { readonly padsBegin: readonly number[]; readonly padsEnd: readonly number[] } {
  if (typeof padding === 'object' && 'before' in padding) return { padsBegin: padding.before, padsEnd: padding.after };
  const each = perAxis(padding, rank);
  return { padsBegin: each, padsEnd: each };
}

function spatialRank(x: Value): number {
  return x.type.shape.length - 2;
}

function convAttrs(x: Value, { stride = 1, padding = 0, dilation = 1, groups = 1 }: ConvOptions) {
  const rank = spatialRank(x);
  return { strides: perAxis(stride, rank), ...pads(padding, rank), dilations: perAxis(dilation, rank), groups };
}

/**
 * Convolution over 1, 2 or 3 spatial axes.
 * @param x [N, C, ...spatial]
 * @param weight [K, C / groups, ...kernel]
 * @param bias [K], or undefined
 * @returns [N, K, ...spatial'], spatial' = ⌊(spatial + padding − dilation (kernel − 1) − 1) / stride⌋ + 1
 */
export function conv(x: Value, weight: Value, bias?: Value, options: ConvOptions = {}): Value {
  checkKeys('conv', options, convKeys);
  return x.builder.apply('conv', bias ? [x, weight, bias] : [x, weight], convAttrs(x, options));
}

/**
 * Transposed convolution over 1, 2 or 3 spatial axes.
 * @param x [N, C, ...spatial]
 * @param weight [C, K / groups, ...kernel]
 * @param bias [K], or undefined
 * @returns [N, K, ...spatial'], spatial' = (spatial − 1) stride + dilation (kernel − 1) + 1 − padding + outputPadding
 */
export function convTranspose(x: Value, weight: Value, bias?: Value, options: ConvTransposeOptions = {}): Value {
  checkKeys('convTranspose', options, [...convKeys, 'outputPadding']);
  const outputPadding = perAxis(options.outputPadding ?? 0, spatialRank(x));
  return x.builder.apply('convTranspose', bias ? [x, weight, bias] : [x, weight], { ...convAttrs(x, options), outputPadding });
}

/** The largest element of each window of x [N, C, ...spatial]. */
export function maxPool(x: Value, options: MaxPoolOptions): Value {
  checkKeys('maxPool', options, [...poolKeys, 'dilation']);
  const rank = spatialRank(x);
  const kernel = perAxis(options.kernel, rank);
  return x.builder.apply('maxPool', [x], {
    kernel,
    strides: perAxis(options.stride ?? kernel, rank),
    ...pads(options.padding ?? 0, rank),
    dilations: perAxis(options.dilation ?? 1, rank),
    ceilMode: options.ceilMode ?? false,
  });
}

/** The mean of each window of x [N, C, ...spatial]. */
export function avgPool(x: Value, options: AvgPoolOptions): Value {
  checkKeys('avgPool', options, [...poolKeys, 'countIncludePad']);
  const rank = spatialRank(x);
  const kernel = perAxis(options.kernel, rank);
  return x.builder.apply('avgPool', [x], {
    kernel,
    strides: perAxis(options.stride ?? kernel, rank),
    ...pads(options.padding ?? 0, rank),
    ceilMode: options.ceilMode ?? false,
    countIncludePad: options.countIncludePad ?? true,
  });
}

/** The mean over all spatial axes of x [N, C, ...spatial], as [N, C, 1, ...]. */
export function globalAvgPool(x: Value): Value {
  return x.builder.apply('mean', [x], { axes: Array.from({ length: spatialRank(x) }, (_, i) => i + 2), keepDims: true });
}

/**
 * Average pool to a fixed output size, as torch's adaptive_avg_pool: output i takes elements ⌊i L / n⌋ up to ⌈(i + 1) L / n⌉.
 * @throws shape when a spatial axis is named, but for output size 1, or when windows would differ in size
 */
export function adaptiveAvgPool(x: Value, outputSize: PerAxis): Value {
  const rank = spatialRank(x);
  const sizes = perAxis(outputSize, rank);
  if (sizes.every((size) => size === 1)) return globalAvgPool(x);
  const kernel: number[] = [];
  const stride: number[] = [];
  sizes.forEach((size, i) => {
    const length = staticDim(x.type.shape[i + 2], 'adaptiveAvgPool');
    const window = (at: number): [number, number] => [Math.floor((at * length) / size), Math.ceil(((at + 1) * length) / size)];
    const [, width] = window(0);
    const step = size > 1 ? window(1)[0] : width;
    for (let at = 0; at < size; at++) {
      const [start, end] = window(at);
      if (start !== at * step || end - start !== width) {
        fail(`cannot divide ${length} elements into ${size} windows of one size; use a size that divides them`);
      }
    }
    kernel.push(width);
    stride.push(step);
  });
  return avgPool(x, { kernel, stride });
}

/** (x − mean) / √(variance + ε) · scale + bias, channel by channel, with given statistics; all but x are [C]. */
export function batchNorm(x: Value, scale: Value, bias: Value, mean: Value, variance: Value, epsilon = 1e-5): Value {
  return x.builder.apply('batchNorm', [x, scale, bias, mean, variance], { epsilon });
}

/** The same with the batch's own statistics, which are given too: the mean and the biased variance, [C]. */
export function batchNormTrain(
  x: Value,
  scale: Value,
  bias: Value,
  epsilon = 1e-5,
): { readonly y: Value; readonly mean: Value; readonly variance: Value } {
  const [y, mean, variance] = x.builder.applyAll('batchNormTrain', [x, scale, bias], { epsilon }) as [Value, Value, Value];
  return { y, mean, variance };
}

/** max(x, 0). */
export const relu = (x: Value): Value => x.builder.apply('relu', [x], {});
/** x kept between `min` and `max`. */
export const clip = (x: Value, min: number, max: number): Value => x.builder.apply('clip', [x], { min, max });
/** x kept between 0 and 6. */
export const relu6 = (x: Value): Value => clip(x, 0, 6);
/** x where positive, else slope · x; slope 0.01 by default. */
export const leakyRelu = (x: Value, slope = 0.01): Value => x.builder.apply('leakyRelu', [x], { slope });
/** x where positive, else alpha · (e^x − 1); alpha 1 by default. */
export const elu = (x: Value, alpha = 1): Value => x.builder.apply('elu', [x], { alpha });
/** x · Φ(x), exact. */
export const gelu = (x: Value): Value => x.builder.apply('gelu', [x], {});
/** x · sigmoid(x). */
export const silu = (x: Value): Value => x.builder.apply('silu', [x], {});
/** 1 / (1 + e^−x). */
export const sigmoid = (x: Value): Value => x.builder.apply('sigmoid', [x], {});
/** The hyperbolic tangent. */
export const tanh = (x: Value): Value => x.builder.apply('tanh', [x], {});
/** log(1 + e^x). */
export const softplus = (x: Value): Value => x.builder.apply('softplus', [x], {});
/** min(max(x + 3, 0), 6) / 6. */
export const hardSigmoid = (x: Value): Value => x.builder.apply('hardSigmoid', [x], {});
/** x · hardSigmoid(x). */
export const hardSwish = (x: Value): Value => x.builder.apply('hardSwish', [x], {});

/** The neural-network functions over values: convolutions, pools, normalization, activations. Each adds nodes to a graph. */
import { checkKeys } from '../../base/errors.ts';
import { tensor } from '../../base/tensor.ts';
import { productOfDims } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import { constant, reshape } from './functions-data.ts';
import { cast } from './functions-elementwise.ts';
import { matmul } from './functions-reduce.ts';
import { staticDim } from './shapes.ts';
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
 * Axes that divide into windows of one size are pooled; others, also those shorter than the output, are multiplied by a matrix.
 * @throws shape when a spatial axis is named, but for output size 1
 */
export function adaptiveAvgPool(x: Value, outputSize: PerAxis): Value {
  const rank = spatialRank(x);
  const sizes = perAxis(outputSize, rank);
  if (sizes.every((size) => size === 1)) return globalAvgPool(x);
  const lengths = x.type.shape.slice(2).map((dim) => staticDim(dim, 'adaptiveAvgPool'));
  const kernel = sizes.map((size, i) => ((lengths[i] as number) % size === 0 ? (lengths[i] as number) / size : 1));
  let value = kernel.every((width) => width === 1) ? x : avgPool(x, { kernel });
  sizes.forEach((size, i) => {
    if ((lengths[i] as number) % size !== 0) value = averageAxis(value, i + 2, size);
  });
  return value;
}

/** Means over `size` windows of an axis, which overlap where they must: a product with the matrix of their shares. */
function averageAxis(x: Value, axis: number, size: number): Value {
  const { shape, dtype } = x.type;
  const length = staticDim(shape[axis], 'adaptiveAvgPool');
  const shares = new Float64Array(size * length);
  for (let i = 0; i < size; i++) {
    const [start, end] = [Math.floor((i * length) / size), Math.ceil(((i + 1) * length) / size)];
    shares.fill(1 / (end - start), i * length + start, i * length + end);
  }
  const matrix = cast(constant(x.builder, tensor('float64', [size, length], shares)), dtype);
  if (axis === shape.length - 1) return matmul(x, matrix, { transB: true });
  const rows = reshape(x, [...shape.slice(0, axis + 1), productOfDims(shape.slice(axis + 1))]);
  return reshape(matmul(matrix, rows), [...shape.slice(0, axis), size, ...shape.slice(axis + 1)]);
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

/** (x − mean) / √(variance + ε) · scale + bias, with statistics over the last axis; scale and bias have its length. */
export function layerNorm(x: Value, scale: Value, bias: Value, epsilon = 1e-5): Value {
  return x.builder.apply('layerNorm', [x, scale, bias], { epsilon });
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

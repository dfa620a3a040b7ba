/** Reductions, softmax, matrix products and resizing as functions over values. */
import type { Dim } from '../ir/dim.ts';
import type { OpAttrs, Value } from '../ir/graph.ts';

/** Axes to reduce: a list, or all when left out. */
type Axes = readonly number[] | undefined;

function reduce(op: 'sum' | 'mean' | 'max' | 'min' | 'sumSquare', x: Value, axes: Axes, keepDims: boolean): Value {
  return x.builder.apply(op, [x], { axes: axes ?? x.type.shape.map((_, i) => i), keepDims });
}

/** The sum over axes, all of them by default. */
export const sum = (x: Value, axes?: Axes, keepDims = false): Value => reduce('sum', x, axes, keepDims);
/** The mean over axes, all of them by default. */
export const mean = (x: Value, axes?: Axes, keepDims = false): Value => reduce('mean', x, axes, keepDims);
/** The largest over axes, all of them by default. */
export const max = (x: Value, axes?: Axes, keepDims = false): Value => reduce('max', x, axes, keepDims);
/** The smallest over axes, all of them by default. */
export const min = (x: Value, axes?: Axes, keepDims = false): Value => reduce('min', x, axes, keepDims);
/** The sum of squares over axes, all of them by default. */
export const sumSquare = (x: Value, axes?: Axes, keepDims = false): Value => reduce('sumSquare', x, axes, keepDims);

/** The running sum along an axis, from its end when `reverse`. */
export function cumSum(x: Value, axis: number, reverse = false): Value {
  return x.builder.apply('cumSum', [x], { axis, reverse });
}

/** exp(x) over its sum along an axis. */
export function softmax(x: Value, axis: number): Value {
  return x.builder.apply('softmax', [x], { axis });
}

/** The logarithm of softmax. */
export function logSoftmax(x: Value, axis: number): Value {
  return x.builder.apply('logSoftmax', [x], { axis });
}

/** The product of the matrices in the last two axes, each transposed first if asked; leading axes broadcast. */
export function matmul(a: Value, b: Value, options: Partial<OpAttrs['matmul']> = {}): Value {
  return a.builder.apply('matmul', [a, b], { transA: options.transA ?? false, transB: options.transB ?? false });
}

/** x · weightᵀ + bias with x [.., in], weight [out, in], bias [out]. */
export function linear(x: Value, weight: Value, bias?: Value): Value {
  return x.builder.apply('linear', bias ? [x, weight, bias] : [x, weight], {});
}

/** The trailing axes resampled to these sizes. */
export function resize(
  x: Value,
  size: readonly Dim[],
  mode: 'nearest' | 'linear',
  coordinates: OpAttrs['resize']['coordinates'],
): Value {
  return x.builder.apply('resize', [x], { size, mode, coordinates });
}

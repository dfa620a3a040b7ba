/** Functions over values that move, pick and count elements; each adds its nodes to the graph of its operands. */
import type { Tensor } from '../../base/tensor.ts';
import type { Builder } from '../ir/builder.ts';
import type { Dim } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import { scalar } from './elementwise.ts';
import { cast } from './functions-elementwise.ts';
import { toEnd } from './indexing.ts';
import { fail, normalizeAxis } from './shapes.ts';

/** A tensor known when the graph is made. */
export function constant(builder: Builder, value: Tensor): Value {
  return builder.apply('constant', [], { value });
}

/** A value of this shape and of `like`'s element type, full of one number. */
export function full(like: Value, shape: readonly Dim[], value: number): Value {
  const filling = scalar(value, like.type.dtype, like.builder);
  return shape.length === 0 ? filling : expand(filling, shape);
}

/** The same values in C order under another shape; one dim may be -1, what is left over. */
export function reshape(x: Value, shape: readonly Dim[]): Value {
  return x.builder.apply('reshape', [x], { shape });
}

/** Axes `start` to `end` (included) as one. */
export function flatten(x: Value, start = 0, end = -1): Value {
  const { shape } = x.type;
  const [first, last] = [normalizeAxis(start, shape.length), normalizeAxis(end, shape.length)];
  return reshape(x, [...shape.slice(0, first), -1, ...shape.slice(last + 1)]);
}

/** A new axis of length 1 that becomes axis `axis` of the result. */
export function unsqueeze(x: Value, axis: number): Value {
  const { shape } = x.type;
  const at = normalizeAxis(axis, shape.length + 1);
  return reshape(x, [...shape.slice(0, at), 1, ...shape.slice(at)]);
}

/** Without these axes, which have length 1. */
export function squeeze(x: Value, axes: readonly number[]): Value {
  const gone = axes.map((axis) => normalizeAxis(axis, x.type.shape.length));
  return reshape(
    x,
    x.type.shape.filter((dim, i) => !gone.includes(i) || (dim !== 1 && fail(`squeeze: axis ${i} has length ${dim}, not 1`))),
  );
}

/** Axis i of the result is axis perm[i] of x. */
export function transpose(x: Value, perm: readonly number[]): Value {
  return x.builder.apply('transpose', [x], { perm });
}

/** Values one behind the other along an axis. */
export function concat(values: readonly Value[], axis: number): Value {
  return (values[0] ?? fail('concat: takes at least one value, none came')).builder.apply('concat', values, { axis });
}

/** Values of one shape along a new axis. */
export function stack(values: readonly Value[], axis: number): Value {
  return concat(
    values.map((value) => unsqueeze(value, axis)),
    axis,
  );
}

/** x[start:end:step] along one axis, as Python takes it; to the end without `end`. */
export function slice(x: Value, axis: number, start: Dim, end: Dim = toEnd, step = 1): Value {
  return x.builder.apply('slice', [x], { axes: [axis], starts: [start], ends: [end], steps: [step] });
}

/** Parts of these lengths along an axis. */
export function split(x: Value, lengths: readonly number[], axis: number): readonly Value[] {
  let end = 0;
  return lengths.map((length) => {
    end += length;
    return slice(x, axis, end - length, end);
  });
}

export interface PadOptions {
  /** What fills the padding; default a constant. */
  readonly mode?: 'constant' | 'reflect' | 'edge';
  /** The constant; default 0. */
  readonly value?: number;
}

/** Padding before and after every axis. */
export function pad(x: Value, before: readonly Dim[], after: readonly Dim[], options: PadOptions = {}): Value {
  return x.builder.apply('pad', [x], { before, after, value: options.value ?? 0, mode: options.mode ?? 'constant' });
}

/** Repeated to a larger shape as broadcasting does. */
export function expand(x: Value, shape: readonly Dim[]): Value {
  return x.builder.apply('expand', [x], { shape });
}

/** The shape of x, int64 [rank]. */
export function shapeOf(x: Value): Value {
  return x.builder.apply('shapeOf', [x], {});
}

/** A dim as an int64 scalar. */
export function dimSize(builder: Builder, dim: Dim): Value {
  return builder.apply('dimSize', [], { dim });
}

/** The int64 numbers from 0 up to a length. */
export function range(builder: Builder, length: Dim): Value {
  return builder.apply('range', [], { length });
}

/** Rows of `x` along an axis, by indices of any shape, whose axes take the axis' place. */
export function gather(x: Value, indices: Value, axis: number): Value {
  return x.builder.apply('gather', [x, indices], { axis });
}

/** Elements of x along an axis, one for each element of `indices` (torch.gather). */
export function gatherElements(x: Value, indices: Value, axis: number): Value {
  return x.builder.apply('gatherElements', [x, indices], { axis });
}

/** Parts of x at the leading coordinates in the last axis of `indices`. */
export function gatherND(x: Value, indices: Value): Value {
  return x.builder.apply('gatherND', [x, indices], {});
}

/** x with `updates` put (or added) where `indices` say along an axis (torch.scatter, scatter_add). */
export function scatterElements(
  x: Value,
  indices: Value,
  updates: Value,
  axis: number,
  reduction: 'none' | 'add' = 'none',
): Value {
  return x.builder.apply('scatterElements', [x, indices, updates], { axis, reduction });
}

/** x with `updates` put (or added) at the leading coordinates in the last axis of `indices`. */
export function scatterND(x: Value, indices: Value, updates: Value, reduction: 'none' | 'add' = 'none'): Value {
  return x.builder.apply('scatterND', [x, indices, updates], { reduction });
}

/** 1 at each index along a new last axis of length `depth`, else 0; float32. */
export function oneHot(indices: Value, depth: number): Value {
  return cast(indices.builder.apply('oneHot', [indices], { depth }), 'float32');
}

/** The k largest (or smallest) along an axis in order, and their int64 places. */
export function topK(x: Value, k: Dim, axis: number, largest = true): readonly [Value, Value] {
  return x.builder.applyAll('topK', [x], { k, axis, largest }) as readonly [Value, Value];
}

/** The int64 place of the largest along an axis, the first when several tie. */
export function argMax(x: Value, axis: number, keepDims = false): Value {
  return x.builder.apply('argMax', [x], { axis, keepDims });
}

/** The int64 coordinates [count, rank] of what is not 0; `count` names their number. */
export function nonZero(x: Value, count: string): Value {
  return x.builder.apply('nonZero', [x], { count });
}

/** Other views of a tensor: a range along an axis, axes in another order, another shape. */
import type { TypedArray } from '../../base/dtype.ts';
import { checkKeys, OcelliError } from '../../base/errors.ts';
import { elementCount, type Tensor } from '../../base/tensor.ts';
import { contiguousStrides, gather } from '../strided.ts';

export interface ViewSteps {
  /** Elements `start` (default 0) to before `end` (default the axis' length) along `axis`. */
  readonly slice?: { readonly axis: number; readonly start?: number; readonly end?: number };
  /** The axes in their new order: [3, 2, 0, 1] makes [H, W, C, K] to [K, C, H, W]. */
  readonly transpose?: readonly number[];
  /** A shape of as many elements, in C order; one dim may be -1, which is what the others leave. */
  readonly reshape?: readonly number[];
}

/** How a tensor of one shape is seen: first slice, then transpose, then reshape. */
export interface View {
  readonly shape: readonly number[];
  /** Values of a tensor of the shape that the view was made for. */
  apply(tensor: Tensor): Tensor;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
const fail = (message: string): never => {
  throw new OcelliError('shape', message);
};

/** @throws usage when steps are no steps, whatever they are for */
export function checkSteps({ slice, transpose, reshape }: ViewSteps): void {
  const wrong = (what: string, must: string): never => {
    throw new OcelliError('usage', `${what} must be ${must}`);
  };
  if (slice !== undefined) {
    if (typeof slice !== 'object' || slice === null || Array.isArray(slice)) wrong('slice', 'like { "axis": 0, "start": 1 }');
    checkKeys('slice', slice, ['axis', 'start', 'end']);
    const { axis, start = 0, end = start } = slice;
    if (![axis, start, end].every(isCount) || end < start) wrong('slice', 'an axis, and whole numbers from start to end');
  }
  if (transpose !== undefined && !(Array.isArray(transpose) && transpose.every(isCount) && isOrder(transpose))) {
    wrong('transpose', 'every axis once, in the new order, such as [3, 2, 0, 1]');
  }
  if (reshape === undefined) return;
  const dims = Array.isArray(reshape) ? (reshape as readonly unknown[]) : undefined;
  const open = dims?.filter((dim) => dim === -1).length ?? 0;
  if (!dims?.every((dim) => isCount(dim) || dim === -1) || open > 1) {
    wrong('reshape', 'whole numbers, at most one of them -1');
  }
}

function isOrder(axes: readonly number[]): boolean {
  return new Set(axes).size === axes.length && axes.every((axis) => axis < axes.length);
}

/**
 * The view that the steps make of a tensor of this shape.
 * @throws shape when they do not fit it
 */
export function viewOf(shape: readonly number[], { slice, transpose, reshape }: ViewSteps): View {
  let dims = [...shape];
  let strides = contiguousStrides(shape);
  let offset = 0;
  if (slice) {
    const { axis, start = 0 } = slice;
    const length = dims[axis] ?? fail(`it is ${shapeText(shape)} and has no axis ${axis} to slice`);
    const end = slice.end ?? length;
    if (start > end || end > length) fail(`it is ${shapeText(shape)}, axis ${axis} has no elements ${start} to ${end}`);
    dims[axis] = end - start;
    offset = start * (strides[axis] as number);
  }
  if (transpose) {
    if (transpose.length !== dims.length)
      fail(`it is ${shapeText(dims)}, ${dims.length} axes, transpose names ${transpose.length}`);
    dims = transpose.map((axis) => dims[axis] as number);
    strides = transpose.map((axis) => strides[axis] as number);
  }
  const viewed = dims;
  const result = reshape ? reshaped(viewed, reshape) : viewed;
  return {
    shape: result,
    apply({ dtype, data }) {
      if (!slice && !transpose) return { dtype, shape: result, data };
      return { dtype, shape: result, data: gather(dtype, data.subarray(offset) as TypedArray, viewed, strides) };
    },
  };
}

function reshaped(from: readonly number[], to: readonly number[]): readonly number[] {
  const count = elementCount(from);
  const known = elementCount(to.filter((dim) => dim !== -1));
  const open = known === 0 ? 0 : count / known;
  const shape = to.map((dim) => (dim === -1 ? open : dim));
  if (!shape.every(isCount) || elementCount(shape) !== count) {
    fail(`it is ${shapeText(from)}, ${count} elements, which do not make ${shapeText(to)}`);
  }
  return shape;
}

/**
 * The gradient of a max pool: each element of dy goes to the element of its window that was the largest, of equal ones to the
 * first in C order, as in torch.
 */
import { addDims, type Dim, productOfDims } from '../ir/dim.ts';
import type { TensorType, Value } from '../ir/graph.ts';
import { inputNames } from './elementwise.ts';
import { LEAST, poolable } from './max-pool.ts';
import { expectPooled, overhang, type PoolAttrs } from './pools.ts';
import type { Lowering, OpRules } from './rules.ts';
import { costOfSeveral, expectInputs, staticShape } from './shapes.ts';
import { insertZeros, onnxWindows, padOrCrop, spatialOf } from './windows.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /** Inputs dy and the pool's x; output of x's type. Static spatial shapes alone. */
    maxPoolGrad: PoolAttrs;
  }
}

/** MaxPool's second output says where each maximum stands; dy is added there. */
function byIndices(to: Lowering, dy: string, x: string, type: TensorType, counts: readonly number[], attrs: PoolAttrs): string {
  const ready = poolable(to, x, type, counts, attrs);
  const indices = to.emitAll('MaxPool', [ready.x], 2, onnxWindows(ready.windows, attrs.kernel))[1] as string;
  const padded = type.shape.map((length, i) =>
    i < 2 ? length : addDims(length, (ready.before[i - 2] as number) + (ready.after[i - 2] as number)),
  );
  const zeros = to.emit('Expand', [to.scalar(0, type.dtype), to.dims([productOfDims(padded)])]);
  const flat = (name: string): string => to.emit('Reshape', [name, to.ints([-1])]);
  const sum = to.emit('ScatterElements', [zeros, flat(indices), flat(dy)], { axis: 0, reduction: 'add' });
  const back = (pads: readonly number[]): readonly number[] => pads.map((pad) => -pad);
  return padOrCrop(to, to.emit('Reshape', [sum, to.dims(padded)]), back(ready.before), back(ready.after));
}

/**
 * Window element by window element: what equals the maximum takes what is left of dy. Each share goes back to its place by
 * zeros between its elements and around them. For back ends whose MaxPool has no second output.
 */
function byComparison(
  to: Lowering,
  dy: string,
  x: string,
  type: TensorType,
  counts: readonly number[],
  attrs: PoolAttrs,
): string {
  const [N, C] = type.shape as readonly [Dim, Dim];
  const spatial = staticShape(spatialOf(type), 'a pool');
  const { kernel, strides, dilations, padsBegin } = attrs;
  const over = overhang(spatial, counts, attrs);
  const padsEnd = over.map((pad) => Math.max(pad, 0));
  const padded = padOrCrop(to, x, padsBegin, padsEnd, to.scalar(LEAST, type.dtype));
  const ready = poolable(to, x, type, counts, attrs);
  const y = to.emit('MaxPool', [ready.x], onnxWindows(ready.windows, kernel));
  const axes = to.ints(kernel.map((_, i) => i + 2));
  const zero = to.scalar(0, type.dtype);
  const taps = kernel.reduce((a, b) => a * b, 1);
  let left = dy;
  let sum: string | undefined;
  for (let tap = 0; tap < taps; tap++) {
    const starts: number[] = [];
    let rest = tap;
    for (let i = kernel.length - 1; i >= 0; i--) {
      starts[i] = (rest % (kernel[i] as number)) * (dilations[i] as number);
      rest = Math.floor(rest / (kernel[i] as number));
    }
    const ends = starts.map((start, i) => start + ((counts[i] as number) - 1) * (strides[i] as number) + 1);
    const view = to.emit('Slice', [padded, to.ints(starts), to.ints(ends), axes, to.ints(strides)]);
    const hit = to.emit('Equal', [view, y]);
    const share = to.emit('Where', [hit, left, zero]);
    if (tap < taps - 1) left = to.emit('Where', [hit, zero, left]);
    const apart = insertZeros(to, share, [N, C, ...counts], strides);
    const before = starts.map((start, i) => start - (padsBegin[i] as number));
    const after = spatial.map((length, i) => length - (counts[i] as number) * (strides[i] as number) - (before[i] as number));
    const placed = padOrCrop(to, apart, before, after);
    sum = sum === undefined ? placed : to.emit('Add', [sum, placed]);
  }
  return sum as string;
}

export const maxPoolGrad: OpRules<'maxPoolGrad'> = {
  shape(inputs, attrs) {
    const [dy, x] = expectInputs(inputs, 2) as [TensorType, TensorType];
    expectPooled(dy, x, attrs);
    staticShape(spatialOf(x), "a max pool's gradient");
    return [x];
  },
  gradient: 'none',
  lower(node, to) {
    const [dy, x] = inputNames(node, to) as [string, string];
    const [dyValue, xValue] = node.inputs as readonly [Value, Value];
    const counts = staticShape(spatialOf(dyValue.type), 'a pool');
    const lowering = to.target === 'webgpu' ? byComparison : byIndices;
    return [lowering(to, dy, x, xValue.type, counts, node.attrs)];
  },
  read: 'none',
  cost: costOfSeveral,
};

/**
 * Parts of axes, as Python's x[start:end:step]: bounds count from the end when negative and stop at the ends of the axis.
 *
 * dy goes back by dilation (step - 1 zeros between its elements) and padding with zeros; a negative step flips it first.
 */

import type { Builder } from '../ir/builder.ts';
import { addDims, type Dim, floorDivideDim, multiplyDims, subtractDims } from '../ir/dim.ts';
import type { Node, Value } from '../ir/graph.ts';
import { blockSize, blocksAtHand, fromBlocks } from './blocked.ts';
import { toEnd, toStart } from './indexing.ts';
import { readSlice, readSplit } from './read-slice.ts';
import type { Lowering, OpRules } from './rules.ts';
import { costOf, fail, normalizeAxes, normalizeAxis, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /**
     * One bound and one step for each of `axes`. `ends` of `toEnd` reach the end whatever the length, `toStart` the start
     * when the step is negative. A named axis is taken to be as long as its bounds ask.
     */
    slice: {
      readonly axes: readonly number[];
      readonly starts: readonly Dim[];
      readonly ends: readonly Dim[];
      readonly steps: readonly number[];
    };
  }
}

interface Part {
  /** The first element taken. */
  readonly start: Dim;
  readonly count: Dim;
  readonly step: number;
}

/** Which elements x[start:end:step] takes of an axis of this length. */
export function partOf(length: Dim, start: Dim, end: Dim, step: number): Part {
  if (!Number.isInteger(step) || step === 0) fail(`takes steps that are integers but 0, ${step} came`);
  const last = subtractDims(length, 1);
  const place = (bound: Dim): Dim => {
    if (bound === toEnd) return length;
    if (bound === toStart) return -1;
    const at = typeof bound === 'number' && bound < 0 ? addDims(length, bound) : bound;
    if (typeof at !== 'number' || typeof length !== 'number') return at;
    return step > 0 ? Math.min(Math.max(at, 0), length) : Math.min(Math.max(at, -1), length - 1);
  };
  const from = step < 0 && start === toEnd ? last : place(start);
  const span = step > 0 ? subtractDims(place(end), from) : subtractDims(from, place(end));
  const size = Math.abs(step);
  const count = floorDivideDim(addDims(span, size - 1), size);
  return { start: from, count: typeof count === 'number' ? Math.max(count, 0) : count, step };
}

/** Puts dy's elements along an axis back to where a slice took them from, with zeros elsewhere. */
function unslice(dy: Value, axis: number, length: Dim, { start, count, step }: Part, builder: Builder): Value {
  const along = (of: readonly Dim[], dim: Dim): Dim[] => of.map((size, i) => (i === axis ? dim : size));
  const pad = (value: Value, at: number, before: Dim, after: Dim): Value => {
    const at0 = (dim: Dim): Dim[] => value.type.shape.map((_, i) => (i === at ? dim : 0));
    return builder.apply('pad', [value], { before: at0(before), after: at0(after), value: 0, mode: 'constant' });
  };
  const size = Math.abs(step);
  let part = dy;
  if (step < 0) part = builder.apply('slice', [part], { axes: [axis], starts: [toEnd], ends: [toStart], steps: [-1] });
  if (size > 1) {
    const { shape } = part.type;
    const apart = builder.apply('reshape', [part], { shape: [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)] });
    const spread = builder.apply('reshape', [pad(apart, axis + 1, 0, size - 1)], {
      shape: along(shape, multiplyDims(count, size)),
    });
    part = builder.apply('slice', [spread], { axes: [axis], starts: [0], ends: [spanOf(count, size)], steps: [1] });
  }
  const before = firstOf({ start, count, step });
  return pad(part, axis, before, subtractDims(length, addDims(before, spanOf(count, size))));
}

/** The element nearest to the start of the axis. */
function firstOf({ start, count, step }: Part): Dim {
  return step > 0 || count === 0 ? start : addDims(start, multiplyDims(subtractDims(count, 1), step));
}

/** How far `count` elements reach, `step` apart. */
function spanOf(count: Dim, step: number): Dim {
  return count === 0 ? 0 : addDims(multiplyDims(subtractDims(count, 1), step), 1);
}

/** Whole blocks of channels where x stands in blocks. */
function channelsOfBlocks({ inputs, attrs, outputs }: Node<'slice'>, to: Lowering): readonly string[] | undefined {
  const [x, y] = [inputs[0] as Value, outputs[0] as Value];
  const blocks = blocksAtHand(to, x);
  const { axes, starts, ends, steps } = attrs;
  if (blocks === undefined || axes.length !== 1 || normalizeAxis(axes[0] as number, 4) !== 1 || steps[0] !== 1) return undefined;
  const { start, count } = partOf(x.type.shape[1] as Dim, starts[0] as Dim, ends[0] as Dim, 1);
  const [from, channels] = [start, count] as readonly [number, number];
  if (from % blockSize(to) !== 0 || channels % blockSize(to) !== 0) return undefined;
  const part = to.emit('Slice', [blocks, to.ints([from]), to.ints([from + channels]), to.ints([1]), to.ints([1])]);
  return [fromBlocks(to, part, y.type.shape[1] as number)];
}

export const slice: OpRules<'slice'> = {
  shape(inputs, { axes, starts, ends, steps }) {
    const x = onlyInput(inputs);
    if (starts.length !== axes.length || ends.length !== axes.length || steps.length !== axes.length) {
      fail(`takes ${axes.length} starts, ends and steps, ${starts.length}, ${ends.length} and ${steps.length} came`);
    }
    const shape = [...x.shape];
    normalizeAxes(axes, shape.length);
    axes.forEach((given, i) => {
      const axis = normalizeAxis(given, shape.length);
      shape[axis] = partOf(x.shape[axis] as Dim, starts[i] as Dim, ends[i] as Dim, steps[i] as number).count;
    });
    return [{ dtype: x.dtype, shape }];
  },
  gradient(node, [dy], _wanted, builder) {
    if (!dy) return [null];
    const { shape } = (node.inputs[0] as Value).type;
    const { axes, starts, ends, steps } = node.attrs;
    return [
      axes.reduce((value, given, i) => {
        const axis = normalizeAxis(given, shape.length);
        const length = shape[axis] as Dim;
        const part = partOf(length, starts[i] as Dim, ends[i] as Dim, steps[i] as number);
        const whole = part.start === 0 && part.count === length && part.step === 1;
        return whole ? value : unslice(value, axis, length, part, builder);
      }, dy),
    ];
  },
  lower(node, to) {
    const { axes, starts, ends, steps } = node.attrs;
    const inBlocks = channelsOfBlocks(node, to);
    if (inBlocks) return inBlocks;
    const x = to.name(node.inputs[0] as Value);
    const bounds = [to.dims(starts), to.dims(ends), to.ints(axes)];
    if (to.target === 'cpu' || steps.every((step) => step > 0)) return [to.emit('Slice', [x, ...bounds, to.ints(steps)])];
    // WebGPU's kernel goes wrong on negative steps but for whole axes: take the elements forwards, then turn them round.
    const { shape } = (node.inputs[0] as Value).type;
    const parts = axes.map((axis, n) => {
      const length = shape[normalizeAxis(axis, shape.length)] as Dim;
      const part = partOf(length, starts[n] as Dim, ends[n] as Dim, steps[n] as number);
      return { ...part, first: firstOf(part) };
    });
    const forwards = to.emit('Slice', [
      x,
      to.dims(parts.map(({ first }) => first)),
      to.dims(parts.map(({ first, count, step }) => addDims(first, spanOf(count, Math.abs(step))))),
      to.ints(axes),
      to.ints(steps.map(Math.abs)),
    ]);
    const turned = axes.filter((_, n) => (steps[n] as number) < 0);
    const all = (value: number): string => to.ints(turned.map(() => value));
    return [to.emit('Slice', [forwards, all(toEnd), all(toStart), to.ints(turned), all(-1)])];
  },
  read: { Slice: readSlice, Split: readSplit },
  cost: (node) => costOf({ inputs: node.outputs, outputs: node.outputs }),
};

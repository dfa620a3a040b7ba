/**
 * More elements before and after along every axis: a constant, the mirror image without the border itself (`reflect`), or
 * the border repeated (`edge`).
 *
 * The gradient of constant padding is the middle of dy. The other modes are undone axis by axis: what flowed to the
 * padding is added to the elements it was copied from.
 */
import type { Builder } from '../ir/builder.ts';
import { addDims, type Dim, subtractDims } from '../ir/dim.ts';
import { describeType, type Value } from '../ir/graph.ts';
import { toEnd, toStart } from './indexing.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf, fail, normalizeAxis, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /** `before` and `after` have one entry for every axis, from 0. `value` is for mode constant. */
    pad: {
      readonly before: readonly Dim[];
      readonly after: readonly Dim[];
      readonly value: number;
      readonly mode: 'constant' | 'reflect' | 'edge';
    };
  }
}

/** dy without its padding along one axis, to which the padding's share is added. */
function unpad(dy: Value, axis: number, before: Dim, after: Dim, mode: 'reflect' | 'edge', builder: Builder): Value {
  const total = dy.type.shape[axis] as Dim;
  const length = subtractDims(subtractDims(total, before), after);
  const part = (start: Dim, end: Dim): Value =>
    builder.apply('slice', [dy], { axes: [axis], starts: [start], ends: [end], steps: [1] });
  const share = (padding: Value, count: Dim, atEnd: boolean): Value => {
    const one = mode === 'edge';
    const copied = one
      ? builder.apply('sum', [padding], { axes: [axis], keepDims: true })
      : builder.apply('slice', [padding], { axes: [axis], starts: [toEnd], ends: [toStart], steps: [-1] });
    const near = one ? 0 : 1;
    const far = subtractDims(length, addDims(near, one ? 1 : count));
    const at = (dim: Dim): Dim[] => dy.type.shape.map((_, i) => (i === axis ? dim : 0));
    return builder.apply('pad', [copied], {
      before: at(atEnd ? far : near),
      after: at(atEnd ? near : far),
      value: 0,
      mode: 'constant',
    });
  };
  const end = addDims(before, length);
  let dx = part(before, end);
  if (before !== 0) dx = builder.apply('add', [dx, share(part(0, before), before, false)], {});
  if (after !== 0) dx = builder.apply('add', [dx, share(part(end, total), after, true)], {});
  return dx;
}

/** Pad: attributes up to version 10, inputs since; negative padding cuts. */
function readPad(node: OnnxNode): Value {
  const x = node.input(0);
  const rank = x.type.shape.length;
  const old = node.opset < 11;
  const mode = node.text('mode', 'constant');
  if (mode !== 'constant' && mode !== 'reflect' && mode !== 'edge') return node.refuse(`has mode "${mode}"`);
  const pads = (old ? node.ints('pads') : node.dims(1)) ?? node.refuse('has no pads');
  const axes = node.opset >= 18 && node.optional(3) ? node.numbers(3) : x.type.shape.map((_, i) => i);
  if (pads.length !== 2 * axes.length) node.refuse(`has ${pads.length} pads for ${axes.length} axes`);
  const value = old ? node.float('value', 0) : node.optional(2) ? node.number(2) : 0;
  const [before, after] = [new Array<Dim>(rank).fill(0), new Array<Dim>(rank).fill(0)];
  axes.forEach((axis, i) => {
    const at = normalizeAxis(axis, rank);
    [before[at], after[at]] = [pads[i] as Dim, pads[i + axes.length] as Dim];
  });
  const cut = (dim: Dim): number => (typeof dim === 'number' ? Math.max(-dim, 0) : 0);
  const kept = before.reduce<Value>((part, dim, axis) => {
    const [start, end] = [cut(dim), cut(after[axis] as Dim)];
    if (start === 0 && end === 0) return part;
    const bounds = { axes: [axis], starts: [start], ends: [end === 0 ? toEnd : -end], steps: [1] };
    return node.builder.apply('slice', [part], bounds);
  }, x);
  const grown = (dim: Dim): Dim => (typeof dim === 'number' ? Math.max(dim, 0) : dim);
  if ([...before, ...after].every((dim) => grown(dim) === 0)) return kept;
  return node.builder.apply('pad', [kept], { before: before.map(grown), after: after.map(grown), value, mode });
}

export const pad: OpRules<'pad'> = {
  shape(inputs, { before, after, mode }) {
    const x = onlyInput(inputs);
    const rank = x.shape.length;
    if (before.length !== rank || after.length !== rank) {
      fail(`takes ${rank} entries before and after for ${describeType(x)}, ${before.length} and ${after.length} came`);
    }
    const negative = [...before, ...after].find((dim) => typeof dim === 'number' && dim < 0);
    if (negative !== undefined) fail(`takes padding from 0, ${negative} came`);
    const shape = x.shape.map((dim, i) => {
      const [b, a] = [before[i] as Dim, after[i] as Dim];
      const reach = Math.max(typeof b === 'number' ? b : 0, typeof a === 'number' ? a : 0);
      if (mode === 'reflect' && typeof dim === 'number' && reach >= dim)
        fail(`cannot reflect ${reach} elements of an axis of ${dim}`);
      return addDims(addDims(dim, b), a);
    });
    return [{ dtype: x.dtype, shape }];
  },
  gradient(node, [dy], _wanted, builder) {
    if (!dy) return [null];
    const { before, after, mode } = node.attrs;
    const axes = before.flatMap((b, i) => (b !== 0 || after[i] !== 0 ? [i] : []));
    if (mode !== 'constant') {
      return [axes.reduce((d, axis) => unpad(d, axis, before[axis] as Dim, after[axis] as Dim, mode, builder), dy)];
    }
    if (axes.length === 0) return [dy];
    const starts = axes.map((axis) => before[axis] as Dim);
    const { shape } = (node.inputs[0] as Value).type;
    const ends = axes.map((axis) => addDims(before[axis] as Dim, shape[axis] as Dim));
    return [builder.apply('slice', [dy], { axes, starts, ends, steps: axes.map(() => 1) })];
  },
  lower(node, to) {
    const x = node.inputs[0] as Value;
    const { before, after, value, mode } = node.attrs;
    const inputs = [to.name(x), to.dims([...before, ...after])];
    if (mode === 'constant') inputs.push(to.scalar(value, x.type.dtype));
    return [to.emit('Pad', inputs, { mode })];
  },
  read: { Pad: readPad },
  cost: costOf,
};

/** Sum over axes. */
import type { Dim, Value } from '../ir/graph.ts';
import type { OpRules } from './rules.ts';
import { costOf, normalizeAxes, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    sum: ReduceAttrs;
  }
}

/** The axes to reduce (from the end when negative) and whether they stay, with length 1. */
export interface ReduceAttrs {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** The shape after a reduction. */
export function reducedShape(shape: readonly Dim[], { axes, keepDims }: ReduceAttrs): readonly Dim[] {
  const gone = normalizeAxes(axes, shape.length);
  return keepDims
    ? shape.map((dim, i) => (gone.includes(i) ? 1 : dim))
    : shape.filter((_, i) => !gone.includes(i));
}

export const sum: OpRules<'sum'> = {
  shape(inputs, attrs) {
    const x = onlyInput(inputs);
    return [{ dtype: x.dtype, shape: reducedShape(x.shape, attrs) }];
  },
  gradient(node, [dy], _wanted, builder) {
    const x = node.inputs[0] as Value;
    if (!dy) return [null];
    const kept = builder.apply('reshape', [dy], { shape: reducedShape(x.type.shape, { ...node.attrs, keepDims: true }) });
    return [builder.apply('expand', [kept], { shape: x.type.shape })];
  },
  lower(node, to) {
    const x = node.inputs[0] as Value;
    const axes = normalizeAxes(node.attrs.axes, x.type.shape.length);
    return [to.emit('ReduceSum', [to.name(x), to.ints(axes)], { keepdims: node.attrs.keepDims ? 1 : 0 })];
  },
  cost: (node) => costOf(node),
};

/** Axes in another order: axis i of the result is axis perm[i] of x. dy is permuted back. */
import type { Value } from '../ir/graph.ts';
import type { OpRules } from './rules.ts';
import { costOf, fail, normalizeAxis, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    transpose: { readonly perm: readonly number[] };
  }
}

function fromZero(perm: readonly number[], rank: number): readonly number[] {
  const axes = perm.map((axis) => normalizeAxis(axis, rank));
  if (axes.length !== rank || new Set(axes).size !== rank)
    fail(`perm [${perm.join(', ')}] does not name each of ${rank} axes once`);
  return axes;
}

export const transpose: OpRules<'transpose'> = {
  shape(inputs, attrs) {
    const x = onlyInput(inputs);
    return [{ dtype: x.dtype, shape: fromZero(attrs.perm, x.shape.length).map((axis) => x.shape[axis] ?? 1) }];
  },
  gradient(node, [dy], _wanted, builder) {
    if (!dy) return [null];
    const perm = fromZero(node.attrs.perm, dy.type.shape.length);
    return [builder.apply('transpose', [dy], { perm: perm.map((_, axis) => perm.indexOf(axis)) })];
  },
  lower(node, to) {
    const x = node.inputs[0] as Value;
    return [to.emit('Transpose', [to.name(x)], { perm: fromZero(node.attrs.perm, x.type.shape.length) })];
  },
  read: {
    Transpose(node) {
      const x = node.input(0);
      const perm = node.ints('perm') ?? x.type.shape.map((_, i) => x.type.shape.length - 1 - i);
      return node.builder.apply('transpose', [x], { perm });
    },
  },
  cost: costOf,
};

/** Sum over axes. Its gradient spreads dy over them. */
import type { Value } from '../ir/graph.ts';
import { readReduction } from './read-helpers.ts';
import { type ReduceAttrs, reduceRule, withAxes } from './reduce.ts';
import type { OpRules } from './rules.ts';
import { costOf, normalizeAxes } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    sum: ReduceAttrs;
  }
}

export const sum: OpRules<'sum'> = {
  shape: reduceRule,
  gradient(node, [dy], _wanted, builder) {
    const x = node.inputs[0] as Value;
    return [dy ? builder.apply('expand', [withAxes(dy, node)], { shape: x.type.shape }) : null];
  },
  lower(node, to) {
    const x = node.inputs[0] as Value;
    const { axes, keepDims } = node.attrs;
    if (axes.length === 0) return [to.emit('Identity', [to.name(x)])];
    return [
      to.emit('ReduceSum', [to.name(x), to.ints(normalizeAxes(axes, x.type.shape.length))], { keepdims: keepDims ? 1 : 0 }),
    ];
  },
  read: readReduction('sum', 'ReduceSum', 13),
  cost: costOf,
};

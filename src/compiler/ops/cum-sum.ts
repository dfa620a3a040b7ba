/** Running sum along an axis, from its end when `reverse`. dy is summed the other way round. */
import type { Value } from '../ir/graph.ts';
import { unaryRule } from './elementwise.ts';
import type { OpRules } from './rules.ts';
import { costOf, normalizeAxis } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    cumSum: { readonly axis: number; readonly reverse: boolean };
  }
}

export const cumSum: OpRules<'cumSum'> = {
  shape(inputs, { axis }) {
    const types = unaryRule(inputs);
    normalizeAxis(axis, types[0]?.shape.length ?? 0);
    return types;
  },
  gradient(node, [dy], _wanted, builder) {
    const { axis, reverse } = node.attrs;
    return [dy ? builder.apply('cumSum', [dy], { axis, reverse: !reverse }) : null];
  },
  lower(node, to) {
    const x = node.inputs[0] as Value;
    const axis = to.scalar(normalizeAxis(node.attrs.axis, x.type.shape.length), 'int64');
    return [to.emit('CumSum', [to.name(x), axis], { reverse: node.attrs.reverse ? 1 : 0 })];
  },
  read: {
    CumSum(node) {
      const [x, axis, reverse] = [node.input(0), node.number(1), node.int('reverse', 0) === 1];
      const sums = node.builder.apply('cumSum', [x], { axis, reverse });
      return node.int('exclusive', 0) === 1 ? node.builder.apply('sub', [sums, x], {}) : sums;
    },
  },
  cost: costOf,
};

/** Elementwise a + b with broadcasting. */
import type { OpRules } from './rules.ts';
import { broadcastShapes, costOf, expectInputs, expectSameDtype, unbroadcast } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    add: NoAttrs;
  }
}

export const add: OpRules<'add'> = {
  shape(inputs) {
    const [a, b] = expectInputs(inputs, 2) as [(typeof inputs)[0], (typeof inputs)[0]];
    expectSameDtype(a, b);
    return [{ dtype: a.dtype, shape: broadcastShapes(a.shape, b.shape) }];
  },
  gradient(node, [dy], wanted, builder) {
    return node.inputs.map((input, i) => (wanted[i] && dy ? unbroadcast(dy, input.type, builder) : null));
  },
  lower(node, to) {
    return [to.emit('Add', node.inputs.map((input) => to.name(input)))];
  },
  cost: (node) => costOf(node),
};

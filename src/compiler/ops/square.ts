/** x². The gradient is 2·x·dy. */
import type { Value } from '../ir/graph.ts';
import { unaryRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    square: NoAttrs;
  }
}

export const square: OpRules<'square'> = {
  shape: unaryRule,
  gradient(node, [dy]) {
    const x = node.inputs[0] as Value;
    return [dy ? f.mul(dy, f.mul(x, 2)) : null];
  },
  lower(node, to) {
    const x = to.name(node.inputs[0] as Value);
    return [to.emit('Mul', [x, x])];
  },
  read: 'none',
  cost: costOf,
};

/** Elementwise y = a / b with broadcasting; of integers, rounded towards zero. The gradients are dy/b and -dy·y/b. */
import type { Value } from '../ir/graph.ts';
import { broadcastRule, lowerAs } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf, unbroadcast } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    div: NoAttrs;
  }
}

export const div: OpRules<'div'> = {
  shape: broadcastRule,
  gradient(node, [dy], wanted, builder) {
    if (!dy) return [null, null];
    const [a, b] = node.inputs as [Value, Value];
    const da = f.div(dy, b);
    return [
      wanted[0] ? unbroadcast(da, a.type, builder) : null,
      wanted[1] ? unbroadcast(f.neg(f.mul(da, node.outputs[0] as Value)), b.type, builder) : null,
    ];
  },
  lower: lowerAs('Div'),
  read: readAs('div', 'Div'),
  cost: costOf,
};

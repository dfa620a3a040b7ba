/** Elementwise a - b with broadcasting. The gradients are dy and -dy. */
import type { Value } from '../ir/graph.ts';
import { inAnyLayout } from './blocked.ts';
import { broadcastRule, lowerAs } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf, unbroadcast } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    sub: NoAttrs;
  }
}

export const sub: OpRules<'sub'> = {
  shape: broadcastRule,
  gradient(node, [dy], wanted, builder) {
    if (!dy) return [null, null];
    const [a, b] = node.inputs as [Value, Value];
    return [wanted[0] ? unbroadcast(dy, a.type, builder) : null, wanted[1] ? unbroadcast(f.neg(dy), b.type, builder) : null];
  },
  lower: inAnyLayout(lowerAs('Sub')),
  read: readAs('sub', 'Sub'),
  cost: costOf,
};

/** Elementwise a · b with broadcasting. The gradients are dy·b and dy·a. */
import type { Value } from '../ir/graph.ts';
import { broadcastRule, lowerAs } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import type { OpRules } from './rules.ts';
import { costOf, unbroadcast } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    mul: NoAttrs;
  }
}

export const mul: OpRules<'mul'> = {
  shape: broadcastRule,
  gradient(node, [dy], wanted, builder) {
    if (!dy) return [null, null];
    const [a, b] = node.inputs as [Value, Value];
    return [
      wanted[0] ? unbroadcast(f.mul(dy, b), a.type, builder) : null,
      wanted[1] ? unbroadcast(f.mul(dy, a), b.type, builder) : null,
    ];
  },
  lower: lowerAs('Mul'),
  cost: costOf,
};

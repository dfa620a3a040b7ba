/** The smaller of a and b, with broadcasting. dy flows to the smaller; where they tie each gets half, as in torch. */
import type { Value } from '../ir/graph.ts';
import { broadcastRule, lowerAs } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import type { OpRules } from './rules.ts';
import { costOf, unbroadcast } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    minimum: NoAttrs;
  }
}

export const minimum: OpRules<'minimum'> = {
  shape: broadcastRule,
  gradient(node, [dy], wanted, builder) {
    if (!dy) return [null, null];
    const [a, b] = node.inputs as [Value, Value];
    const tie = f.equal(a, b);
    const half = f.mul(dy, 0.5);
    const flow = (from: Value, other: Value): Value =>
      unbroadcast(f.where(tie, half, f.where(f.less(from, other), dy, 0)), from.type, builder);
    return [wanted[0] ? flow(a, b) : null, wanted[1] ? flow(b, a) : null];
  },
  lower: lowerAs('Min'),
  cost: costOf,
};

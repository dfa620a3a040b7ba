/**
 * Elementwise y = a to the power b with broadcasting; a non-integer power of a negative number is NaN.
 *
 *   da = dy · b · a^(b-1), 0 where b is 0;   db = dy · y · ln a, 0 where a is 0 and b is not negative (as in torch)
 */
import type { Value } from '../ir/graph.ts';
import { broadcastFloatRule, lowerAs } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import type { OpRules } from './rules.ts';
import { costOf, unbroadcast } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    pow: NoAttrs;
  }
}

export const pow: OpRules<'pow'> = {
  shape: broadcastFloatRule,
  gradient(node, [dy], wanted, builder) {
    if (!dy) return [null, null];
    const [a, b] = node.inputs as [Value, Value];
    const da = (): Value => f.where(f.equal(b, 0), 0, f.mul(dy, f.mul(b, f.pow(a, f.sub(b, 1)))));
    const db = (): Value => {
      const flat = f.and(f.equal(a, 0), f.greaterOrEqual(b, 0));
      return f.where(flat, 0, f.mul(dy, f.mul(node.outputs[0] as Value, f.log(a))));
    };
    return [wanted[0] ? unbroadcast(da(), a.type, builder) : null, wanted[1] ? unbroadcast(db(), b.type, builder) : null];
  },
  lower: lowerAs('Pow'),
  cost: costOf,
};

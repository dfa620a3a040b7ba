/**
 * Elementwise y = a to the power b with broadcasting; a non-integer power of a negative number is NaN.
 *
 *   da = dy · b · a^(b-1), 0 where b is 0;   db = dy · y · ln a, 0 where a is 0 and b is not negative (as in torch)
 */
import type { Value } from '../ir/graph.ts';
import { broadcastFloatRule, lowerAs } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf, unbroadcast } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    pow: NoAttrs;
  }
}

function readPow(node: OnnxNode): Value {
  const [x, exponent] = [node.input(0), node.input(1)];
  const known = node.known(1);
  if (known?.elements.length === 1 && known.shape.length <= x.type.shape.length) {
    if (known.elements[0] === 1) return x;
    if (known.elements[0] === 2) return f.square(x);
    if (known.elements[0] === 0.5) return f.sqrt(x);
  }
  return f.pow(x, f.cast(exponent, x.type.dtype));
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
  read: { Pow: readPow },
  cost: costOf,
};

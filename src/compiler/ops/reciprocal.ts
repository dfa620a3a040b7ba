/** y = 1/x. The gradient is -dy·y². */
import type { Value } from '../ir/graph.ts';
import { lowerAs, unaryFloatRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    reciprocal: NoAttrs;
  }
}

export const reciprocal: OpRules<'reciprocal'> = {
  shape: unaryFloatRule,
  gradient(node, [dy]) {
    const y = node.outputs[0] as Value;
    return [dy ? f.neg(f.mul(dy, f.square(y))) : null];
  },
  lower: lowerAs('Reciprocal'),
  read: readAs('reciprocal', 'Reciprocal'),
  cost: costOf,
};

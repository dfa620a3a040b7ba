/** y = e to the power x. The gradient is dy·y. */
import type { Value } from '../ir/graph.ts';
import { lowerAs, unaryFloatRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    exp: NoAttrs;
  }
}

export const exp: OpRules<'exp'> = {
  shape: unaryFloatRule,
  gradient(node, [dy]) {
    const y = node.outputs[0] as Value;
    return [dy ? f.mul(dy, y) : null];
  },
  lower: lowerAs('Exp'),
  read: readAs('exp', 'Exp'),
  cost: costOf,
};

/** The hyperbolic tangent. The gradient is dy · (1 − y²). */
import type { Value } from '../ir/graph.ts';
import { inAnyLayout } from './blocked.ts';
import { lowerAs, unaryFloatRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    tanh: NoAttrs;
  }
}

export const tanh: OpRules<'tanh'> = {
  shape: unaryFloatRule,
  gradient(node, [dy]) {
    const y = node.outputs[0] as Value;
    return [dy ? f.mul(dy, f.sub(1, f.square(y))) : null];
  },
  lower: inAnyLayout(lowerAs('Tanh')),
  read: readAs('tanh', 'Tanh'),
  cost: costOf,
};

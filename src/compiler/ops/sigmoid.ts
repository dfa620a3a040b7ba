/** y = 1 / (1 + e^−x). The gradient is dy · y · (1 − y). */
import type { Value } from '../ir/graph.ts';
import { inAnyLayout } from './blocked.ts';
import { lowerAs, unaryFloatRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    sigmoid: NoAttrs;
  }
}

export const sigmoid: OpRules<'sigmoid'> = {
  shape: unaryFloatRule,
  gradient(node, [dy]) {
    const y = node.outputs[0] as Value;
    return [dy ? f.mul(f.mul(dy, y), f.sub(1, y)) : null];
  },
  lower: inAnyLayout(lowerAs('Sigmoid')),
  read: readAs('sigmoid', 'Sigmoid'),
  cost: costOf,
};

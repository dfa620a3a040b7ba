/** log(1 + e^x). The gradient is dy · sigmoid(x). */
import type { Value } from '../ir/graph.ts';
import { lowerAs, unaryFloatRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    softplus: NoAttrs;
  }
}

export const softplus: OpRules<'softplus'> = {
  shape: unaryFloatRule,
  gradient(node, [dy], _wanted, builder) {
    return [dy ? f.mul(dy, builder.apply('sigmoid', [node.inputs[0] as Value], {})) : null];
  },
  lower: lowerAs('Softplus'),
  read: readAs('softplus', 'Softplus'),
  cost: costOf,
};

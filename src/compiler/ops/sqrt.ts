/** y = √x. The gradient is dy/(2y). */
import type { Value } from '../ir/graph.ts';
import { lowerAs, unaryFloatRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    sqrt: NoAttrs;
  }
}

export const sqrt: OpRules<'sqrt'> = {
  shape: unaryFloatRule,
  gradient(node, [dy]) {
    const y = node.outputs[0] as Value;
    return [dy ? f.div(dy, f.mul(y, 2)) : null];
  },
  lower: lowerAs('Sqrt'),
  read: readAs('sqrt', 'Sqrt'),
  cost: costOf,
};

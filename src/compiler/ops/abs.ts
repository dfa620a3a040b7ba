/** |x|. The gradient is dy·sign(x), 0 at 0. */
import type { Value } from '../ir/graph.ts';
import { lowerAs, unaryRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    abs: NoAttrs;
  }
}

export const abs: OpRules<'abs'> = {
  shape: unaryRule,
  gradient(node, [dy]) {
    const x = node.inputs[0] as Value;
    return [dy ? f.mul(dy, f.sign(x)) : null];
  },
  lower: lowerAs('Abs'),
  read: readAs('abs', 'Abs'),
  cost: costOf,
};

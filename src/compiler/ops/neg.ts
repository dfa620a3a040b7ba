/** -x. The gradient is -dy. */
import { inAnyLayout } from './blocked.ts';
import { lowerAs, unaryRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    neg: NoAttrs;
  }
}

export const neg: OpRules<'neg'> = {
  shape: unaryRule,
  gradient: (_node, [dy]) => [dy ? f.neg(dy) : null],
  lower: inAnyLayout(lowerAs('Neg')),
  read: readAs('neg', 'Neg'),
  cost: costOf,
};

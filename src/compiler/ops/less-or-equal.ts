/** a ≤ b with broadcasting, as bool. */
import { lowerAs, orderRule } from './elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    lessOrEqual: NoAttrs;
  }
}

export const lessOrEqual: OpRules<'lessOrEqual'> = {
  shape: orderRule,
  gradient: 'none',
  lower: lowerAs('LessOrEqual'),
  read: readAs('lessOrEqual', 'LessOrEqual'),
  cost: costOf,
};

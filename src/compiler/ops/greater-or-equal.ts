/** a ≥ b with broadcasting, as bool. */
import { lowerAs, orderRule } from './elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    greaterOrEqual: NoAttrs;
  }
}

export const greaterOrEqual: OpRules<'greaterOrEqual'> = {
  shape: orderRule,
  gradient: 'none',
  lower: lowerAs('GreaterOrEqual'),
  read: readAs('greaterOrEqual', 'GreaterOrEqual'),
  cost: costOf,
};

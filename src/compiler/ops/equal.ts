/** a = b with broadcasting, as bool. */
import { comparisonRule, lowerAs } from './elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    equal: NoAttrs;
  }
}

export const equal: OpRules<'equal'> = {
  shape: comparisonRule,
  gradient: 'none',
  lower: lowerAs('Equal'),
  read: readAs('equal', 'Equal'),
  cost: costOf,
};

/** Both of two booleans, with broadcasting. */
import { logicalRule, lowerAs } from './elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    and: NoAttrs;
  }
}

export const and: OpRules<'and'> = {
  shape: logicalRule,
  gradient: 'none',
  lower: lowerAs('And'),
  read: readAs('and', 'And'),
  cost: costOf,
};

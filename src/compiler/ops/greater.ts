/** a > b with broadcasting, as bool. */
import { lowerAs, orderRule } from './elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    greater: NoAttrs;
  }
}

export const greater: OpRules<'greater'> = {
  shape: orderRule,
  gradient: 'none',
  lower: lowerAs('Greater'),
  read: readAs('greater', 'Greater'),
  cost: costOf,
};

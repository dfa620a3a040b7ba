/** a < b with broadcasting, as bool. */
import { lowerAs, orderRule } from './elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    less: NoAttrs;
  }
}

export const less: OpRules<'less'> = {
  shape: orderRule,
  gradient: 'none',
  lower: lowerAs('Less'),
  read: readAs('less', 'Less'),
  cost: costOf,
};

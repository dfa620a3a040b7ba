/** Either of two booleans, with broadcasting. */
import { logicalRule, lowerAs } from './elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    or: NoAttrs;
  }
}

export const or: OpRules<'or'> = {
  shape: logicalRule,
  gradient: 'none',
  lower: lowerAs('Or'),
  read: readAs('or', 'Or'),
  cost: costOf,
};

/** Exactly one of two booleans, with broadcasting. */
import { logicalRule, lowerAs } from './elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    xor: NoAttrs;
  }
}

export const xor: OpRules<'xor'> = {
  shape: logicalRule,
  gradient: 'none',
  lower: lowerAs('Xor'),
  read: readAs('xor', 'Xor'),
  cost: costOf,
};

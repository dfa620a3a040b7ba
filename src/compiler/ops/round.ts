/** Rounded to the nearest integer, halves to the even one. Flat between steps, so no gradient flows. */
import { lowerAs, unaryFloatRule } from './elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    round: NoAttrs;
  }
}

export const round: OpRules<'round'> = {
  shape: unaryFloatRule,
  gradient: () => [null],
  lower: lowerAs('Round'),
  read: readAs('round', 'Round'),
  cost: costOf,
};

/** Rounded up. Flat between steps, so no gradient flows. */
import { lowerAs, unaryFloatRule } from './elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    ceil: NoAttrs;
  }
}

export const ceil: OpRules<'ceil'> = {
  shape: unaryFloatRule,
  gradient: () => [null],
  lower: lowerAs('Ceil'),
  read: readAs('ceil', 'Ceil'),
  cost: costOf,
};

/** Rounded down. Flat between steps, so no gradient flows. */
import { lowerAs, unaryFloatRule } from './elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    floor: NoAttrs;
  }
}

export const floor: OpRules<'floor'> = {
  shape: unaryFloatRule,
  gradient: () => [null],
  lower: lowerAs('Floor'),
  read: readAs('floor', 'Floor'),
  cost: costOf,
};

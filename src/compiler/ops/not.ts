/** The opposite of a boolean. */
import { expectBool, lowerAs } from './elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    not: NoAttrs;
  }
}

export const not: OpRules<'not'> = {
  shape(inputs) {
    const x = onlyInput(inputs);
    expectBool(x);
    return [x];
  },
  gradient: 'none',
  lower: lowerAs('Not'),
  read: readAs('not', 'Not'),
  cost: costOf,
};

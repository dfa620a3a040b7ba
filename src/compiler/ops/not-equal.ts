/** a ≠ b with broadcasting, as bool. */
import { comparisonRule, inputNames } from './elementwise.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    notEqual: NoAttrs;
  }
}

export const notEqual: OpRules<'notEqual'> = {
  shape: comparisonRule,
  gradient: 'none',
  lower: (node, to) => [to.emit('Not', [to.emit('Equal', inputNames(node, to))])],
  read: 'none',
  cost: costOf,
};

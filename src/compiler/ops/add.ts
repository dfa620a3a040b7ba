/** Elementwise a + b with broadcasting. dy flows to both. */
import { broadcastRule, lowerAs } from './elementwise.ts';
import { readAs, readFolded } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf, unbroadcast } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    add: NoAttrs;
  }
}

export const add: OpRules<'add'> = {
  shape: broadcastRule,
  gradient(node, [dy], wanted, builder) {
    return node.inputs.map((input, i) => (wanted[i] && dy ? unbroadcast(dy, input.type, builder) : null));
  },
  lower: lowerAs('Add'),
  read: { ...readAs('add', 'Add'), ...readFolded('add', 'Sum') },
  cost: costOf,
};

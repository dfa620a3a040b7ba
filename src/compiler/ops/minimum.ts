/** The smaller of a and b, with broadcasting. dy flows to the smaller; where they tie each gets half, as in torch. */
import { broadcastRule, lowerAs } from './elementwise.ts';
import { flowToWinner } from './extrema.ts';
import { less } from './functions-elementwise.ts';
import { readFolded } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    minimum: NoAttrs;
  }
}

export const minimum: OpRules<'minimum'> = {
  shape: broadcastRule,
  gradient: flowToWinner(less),
  lower: lowerAs('Min'),
  read: readFolded('minimum', 'Min'),
  cost: costOf,
};

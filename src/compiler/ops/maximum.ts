/** The larger of a and b, with broadcasting. dy flows to the larger; where they tie each gets half, as in torch. */
import { broadcastRule, lowerAs } from './elementwise.ts';
import { flowToWinner } from './extrema.ts';
import { greater } from './functions-elementwise.ts';
import { readFolded } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    maximum: NoAttrs;
  }
}

export const maximum: OpRules<'maximum'> = {
  shape: broadcastRule,
  gradient: flowToWinner(greater),
  lower: lowerAs('Max'),
  read: readFolded('maximum', 'Max'),
  cost: costOf,
};

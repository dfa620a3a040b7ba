/** The smallest over axes. Where several tie they share dy equally, as in torch.amin. */
import { flowToChosen } from './extrema.ts';
import { readReduction } from './read-helpers.ts';
import { lowerReduction, type ReduceAttrs, reduceRule } from './reduce.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    min: ReduceAttrs;
  }
}

export const min: OpRules<'min'> = {
  shape: reduceRule,
  gradient: flowToChosen,
  lower: lowerReduction('ReduceMin'),
  read: readReduction('min', 'ReduceMin', 18),
  cost: costOf,
};

/** The largest over axes. Where several tie they share dy equally, as in torch.amax. */
import { flowToChosen } from './extrema.ts';
import { readReduction, readSpatial } from './read-helpers.ts';
import { lowerReduction, type ReduceAttrs, reduceRule } from './reduce.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    max: ReduceAttrs;
  }
}

export const max: OpRules<'max'> = {
  shape: reduceRule,
  gradient: flowToChosen,
  lower: lowerReduction('ReduceMax'),
  read: { ...readReduction('max', 'ReduceMax', 18), GlobalMaxPool: (node) => readSpatial('max', node) },
  cost: costOf,
};

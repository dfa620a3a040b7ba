/** The smallest over axes. Where several tie they share dy equally, as in torch.amin. */
import type { Value } from '../ir/graph.ts';
import * as f from './functions.ts';
import { lowerReduction, type ReduceAttrs, reduceRule, withAxes } from './reduce.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    min: ReduceAttrs;
  }
}

export const min: OpRules<'min'> = {
  shape: reduceRule,
  gradient(node, [dy]) {
    if (!dy) return [null];
    const x = node.inputs[0] as Value;
    const chosen = f.cast(f.equal(x, withAxes(node.outputs[0] as Value, node)), x.type.dtype);
    const share = f.div(withAxes(dy, node), f.sum(chosen, node.attrs.axes, true));
    return [f.mul(chosen, share)];
  },
  lower: lowerReduction('ReduceMin'),
  cost: costOf,
};

/** x where x > 0, else alpha · (e^x − 1) (Clevert et al. 2015, arXiv:1511.07289). The gradient is dy, or dy · alpha · e^x. */
import type { Value } from '../ir/graph.ts';
import { inputNames, unaryFloatRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    elu: { readonly alpha: number };
  }
}

export const elu: OpRules<'elu'> = {
  shape: unaryFloatRule,
  gradient(node, [dy]) {
    if (!dy) return [null];
    const x = node.inputs[0] as Value;
    // Where x > 0 the exponent is held at 0: e^x could overflow there.
    const below = f.mul(f.exp(f.minimum(x, 0)), node.attrs.alpha);
    return [f.where(f.greater(x, 0), dy, f.mul(dy, below))];
  },
  lower(node, to) {
    return [to.emit('Elu', inputNames(node, to), { alpha: { float: node.attrs.alpha } })];
  },
  read: { Elu: (node) => node.builder.apply('elu', [node.input(0)], { alpha: node.float('alpha', 1) }) },
  cost: costOf,
};

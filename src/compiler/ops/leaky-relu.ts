/** x where x > 0, else slope · x. The gradient is dy where x > 0, else slope · dy. */
import type { Value } from '../ir/graph.ts';
import { inAnyLayout } from './blocked.ts';
import { inputNames, unaryFloatRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    leakyRelu: { readonly slope: number };
  }
}

export const leakyRelu: OpRules<'leakyRelu'> = {
  shape: unaryFloatRule,
  gradient(node, [dy]) {
    const x = node.inputs[0] as Value;
    return [dy ? f.where(f.greater(x, 0), dy, f.mul(dy, node.attrs.slope)) : null];
  },
  lower: inAnyLayout((node, to) => {
    return [to.emit('LeakyRelu', inputNames(node, to), { alpha: { float: node.attrs.slope } })];
  }),
  read: {
    LeakyRelu: (node) => node.builder.apply('leakyRelu', [node.input(0)], { slope: node.float('alpha', 0.01) }),
  },
  cost: costOf,
};

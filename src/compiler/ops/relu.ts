/**
 * max(x, 0). Its gradient passes dy where the output is positive; at 0 it is 0, as in torch.
 */
import type { Value } from '../ir/graph.ts';
import type { OpRules } from './rules.ts';
import { costOf, expectFloat, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    relu: NoAttrs;
    /** dy where y > 0, else 0; inputs (dy, y). */
    reluGrad: NoAttrs;
  }
}

export const relu: OpRules<'relu'> = {
  shape(inputs) {
    const x = onlyInput(inputs);
    expectFloat(x);
    return [x];
  },
  gradient(node, [dy], _wanted, builder) {
    return [dy ? builder.apply('reluGrad', [dy, node.outputs[0] as Value], {}) : null];
  },
  lower(node, to) {
    return [to.emit('Relu', [to.name(node.inputs[0] as Value)])];
  },
  cost: (node) => costOf(node),
};

/** A tensor known when the graph is made. */
import type { Tensor } from '../../base/tensor.ts';
import type { OpRules } from './rules.ts';
import { expectInputs, free } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    constant: { readonly value: Tensor };
  }
}

export const constant: OpRules<'constant'> = {
  shape(inputs, { value }) {
    expectInputs(inputs, 0);
    return [{ dtype: value.dtype, shape: value.shape }];
  },
  gradient: 'none',
  lower: (node, to) => [to.constant(node.attrs.value)],
  cost: () => free,
};

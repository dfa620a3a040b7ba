/** A dim of the program as an int64 scalar, so that arithmetic over values can use what is named. */
import type { Dim } from '../ir/dim.ts';
import type { OpRules } from './rules.ts';
import { expectInputs, free } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    dimSize: { readonly dim: Dim };
  }
}

export const dimSize: OpRules<'dimSize'> = {
  shape(inputs) {
    expectInputs(inputs, 0);
    return [{ dtype: 'int64', shape: [] }];
  },
  gradient: 'none',
  lower: (node, to) => [to.emit('Reshape', [to.dims([node.attrs.dim]), to.ints([])])],
  read: 'none',
  cost: () => free,
};

/** The int64 numbers 0, 1, ... up to a length, which may be named. */
import { int64 } from '../../base/tensor.ts';
import type { Dim } from '../ir/dim.ts';
import type { OpRules } from './rules.ts';
import { expectInputs, free } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    range: { readonly length: Dim };
  }
}

export const range: OpRules<'range'> = {
  shape(inputs, { length }) {
    expectInputs(inputs, 0);
    return [{ dtype: 'int64', shape: [length] }];
  },
  gradient: 'none',
  lower(node, to) {
    const { length } = node.attrs;
    if (typeof length === 'number')
      return [
        to.constant(
          int64(
            [length],
            Array.from({ length }, (_, i) => i),
          ),
        ),
      ];
    const limit = to.emit('Reshape', [to.dims([length]), to.ints([])]);
    return [to.emit('Range', [to.scalar(0, 'int64'), limit, to.scalar(1, 'int64')])];
  },
  cost: () => free,
};

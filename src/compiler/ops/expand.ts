/** Repeated to a larger shape as NumPy's broadcasting does. dy is summed over what was repeated. */
import type { Dim } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import type { OpRules } from './rules.ts';
import { broadcastShapes, costOf, fail, onlyInput, unbroadcast } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    expand: { readonly shape: readonly Dim[] };
  }
}

export const expand: OpRules<'expand'> = {
  shape(inputs, { shape }) {
    const x = onlyInput(inputs);
    const reached = broadcastShapes(x.shape, shape);
    if (reached.join() !== shape.join()) fail(`cannot expand [${x.shape.join(', ')}] to [${shape.join(', ')}]`);
    return [{ dtype: x.dtype, shape }];
  },
  gradient: (node, [dy], _wanted, builder) => [dy ? unbroadcast(dy, (node.inputs[0] as Value).type, builder) : null],
  lower: (node, to) => [to.emit('Expand', [to.name(node.inputs[0] as Value), to.dims(node.attrs.shape)])],
  cost: costOf,
};

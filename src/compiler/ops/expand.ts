/** Repeated to a larger shape as NumPy's broadcasting does. dy is summed over what was repeated. */

import { tensor } from '../../base/tensor.ts';
import type { Dim } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import { pairPictureVector } from './blocked-pictures.ts';
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
  lower(node, to) {
    const plain = to.emit('Expand', [to.name(node.inputs[0] as Value), to.dims(node.attrs.shape)]);
    pairPictureVector(node, to, plain);
    return [plain];
  },
  read: {
    Expand(node) {
      const x = node.input(0);
      return node.builder.apply('expand', [x], { shape: broadcastShapes(x.type.shape, node.dims(1)) });
    },
    ConstantOfShape(node) {
      const given = node.tensor('value') ?? tensor('float32', [1]);
      const value = node.builder.apply('constant', [], { value: { ...given, shape: [] } });
      const shape = node.dims(0);
      return shape.length === 0 ? value : node.builder.apply('expand', [value], { shape });
    },
  },
  cost: costOf,
};

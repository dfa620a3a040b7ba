/**
 * Parts of x at coordinates: the last axis of `indices` holds the coordinates of x's first axes, y[i] = x[indices[i]].
 * dy is added up into zeros at those places.
 */
import type { TensorType, Value } from '../ir/graph.ts';
import { lowerAs } from './elementwise.ts';
import * as f from './functions-data.ts';
import { pickedShape } from './indexing.ts';
import type { OpRules } from './rules.ts';
import { costOf, expectInputs } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    gatherND: NoAttrs;
  }
}

export const gatherND: OpRules<'gatherND'> = {
  shape(inputs) {
    const [x, indices] = expectInputs(inputs, 2) as [TensorType, TensorType];
    return [{ dtype: x.dtype, shape: pickedShape(x, indices) }];
  },
  gradient(node, [dy]) {
    const [x, indices] = node.inputs as [Value, Value];
    return [dy ? f.scatterND(f.full(dy, x.type.shape, 0), indices, dy, 'add') : null, null];
  },
  lower: lowerAs('GatherND'),
  read: {
    GatherND(node) {
      if (node.int('batch_dims', 0) !== 0) node.refuse('has batch_dims, which are not supported');
      return f.gatherND(node.input(0), node.input(1));
    },
  },
  cost: (node) => costOf({ inputs: [...node.inputs.slice(1), ...node.outputs], outputs: node.outputs }),
};

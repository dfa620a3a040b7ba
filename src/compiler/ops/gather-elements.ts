/**
 * Elements of x along an axis, one for each element of `indices` (torch.gather): y[i, j] = x[indices[i, j], j] for axis 0.
 * dy is added up into zeros at those places.
 */
import type { TensorType, Value } from '../ir/graph.ts';
import { inputNames } from './elementwise.ts';
import * as f from './functions-data.ts';
import { expectElementIndices } from './indexing.ts';
import type { OpRules } from './rules.ts';
import { costOf, expectInputs, normalizeAxis } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    gatherElements: { readonly axis: number };
  }
}

export const gatherElements: OpRules<'gatherElements'> = {
  shape(inputs, attrs) {
    const [x, indices] = expectInputs(inputs, 2) as [TensorType, TensorType];
    expectElementIndices(x, indices, normalizeAxis(attrs.axis, x.shape.length));
    return [{ dtype: x.dtype, shape: indices.shape }];
  },
  gradient(node, [dy]) {
    const [x, indices] = node.inputs as [Value, Value];
    return [dy ? f.scatterElements(f.full(dy, x.type.shape, 0), indices, dy, node.attrs.axis, 'add') : null, null];
  },
  lower(node, to) {
    const rank = (node.inputs[0] as Value).type.shape.length;
    return [to.emit('GatherElements', inputNames(node, to), { axis: normalizeAxis(node.attrs.axis, rank) })];
  },
  read: { GatherElements: (node) => f.gatherElements(node.input(0), node.input(1), node.int('axis', 0)) },
  cost: (node) => costOf({ inputs: [...node.inputs.slice(1), ...node.outputs], outputs: node.outputs }),
};

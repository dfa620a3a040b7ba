/**
 * x with `updates` put, or added, where `indices` say along an axis (torch.scatter, scatter_add).
 *
 * Adding: dx = dy. Putting: dx = dy with 0 at the places written to; an index named twice is undefined.
 * In both dupdates is dy at those places.
 */
import { describeType, type TensorType, type Value } from '../ir/graph.ts';
import { inputNames } from './elementwise.ts';
import * as f from './functions-data.ts';
import { expectElementIndices, type Reduction, readScattering } from './indexing.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf, expectInputs, expectSameDtype, fail, normalizeAxis } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    scatterElements: Reduction & { readonly axis: number };
  }
}

function readScatter(node: OnnxNode): Value {
  return f.scatterElements(node.input(0), node.input(1), node.input(2), node.int('axis', 0), readScattering(node));
}

export const scatterElements: OpRules<'scatterElements'> = {
  shape(inputs, attrs) {
    const [x, indices, updates] = expectInputs(inputs, 3) as [TensorType, TensorType, TensorType];
    expectSameDtype(x, updates);
    expectElementIndices(x, indices, normalizeAxis(attrs.axis, x.shape.length));
    if (updates.shape.join() !== indices.shape.join()) {
      fail(`takes as many updates as indices, ${describeType(updates)} and ${describeType(indices)} came`);
    }
    return [x];
  },
  gradient(node, [dy], wanted) {
    if (!dy) return [null, null, null];
    const [, indices, updates] = node.inputs as [Value, Value, Value];
    const { axis, reduction } = node.attrs;
    const dx = (): Value => (reduction === 'add' ? dy : f.scatterElements(dy, indices, f.full(dy, updates.type.shape, 0), axis));
    return [wanted[0] ? dx() : null, null, wanted[2] ? f.gatherElements(dy, indices, axis) : null];
  },
  lower(node, to) {
    const axis = normalizeAxis(node.attrs.axis, (node.inputs[0] as Value).type.shape.length);
    return [to.emit('ScatterElements', inputNames(node, to), { axis, reduction: node.attrs.reduction })];
  },
  read: { ScatterElements: readScatter, Scatter: readScatter },
  cost: costOf,
};

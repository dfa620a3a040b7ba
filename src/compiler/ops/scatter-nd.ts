/**
 * x with `updates` put, or added, at coordinates: the last axis of `indices` holds the coordinates of x's first axes.
 *
 * Adding: dx = dy. Putting: dx = dy with 0 at the places written to; coordinates named twice are undefined.
 * In both dupdates is dy at those places.
 */
import { describeType, type TensorType, type Value } from '../ir/graph.ts';
import { inputNames } from './elementwise.ts';
import * as f from './functions-data.ts';
import { pickedShape, type Reduction, readScattering } from './indexing.ts';
import type { OpRules } from './rules.ts';
import { costOf, expectInputs, expectSameDtype, fail } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    scatterND: Reduction;
  }
}

export const scatterND: OpRules<'scatterND'> = {
  shape(inputs) {
    const [x, indices, updates] = expectInputs(inputs, 3) as [TensorType, TensorType, TensorType];
    expectSameDtype(x, updates);
    const shape = pickedShape(x, indices);
    if (updates.shape.join() !== shape.join())
      fail(`takes updates of shape [${shape.join(', ')}], ${describeType(updates)} came`);
    return [x];
  },
  gradient(node, [dy], wanted) {
    if (!dy) return [null, null, null];
    const [, indices, updates] = node.inputs as [Value, Value, Value];
    const dx = (): Value => (node.attrs.reduction === 'add' ? dy : f.scatterND(dy, indices, f.full(dy, updates.type.shape, 0)));
    return [wanted[0] ? dx() : null, null, wanted[2] ? f.gatherND(dy, indices) : null];
  },
  lower(node, to) {
    return [to.emit('ScatterND', inputNames(node, to), { reduction: node.attrs.reduction })];
  },
  read: {
    ScatterND: (node) => f.scatterND(node.input(0), node.input(1), node.input(2), readScattering(node)),
  },
  cost: costOf,
};

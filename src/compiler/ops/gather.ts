/**
 * Rows of x along an axis, by indices of any shape (negative from the end), whose axes take the axis' place.
 * dy is added up into zeros, row by row.
 */

import { dtypes } from '../../base/dtype.ts';
import { type Dim, productOfDims } from '../ir/dim.ts';
import type { TensorType, Value } from '../ir/graph.ts';
import { expectIndices, inputNames } from './elementwise.ts';
import * as f from './functions-data.ts';
import { toEnd } from './indexing.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf, expectInputs, normalizeAxis } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    gather: { readonly axis: number };
  }
}

/** One row of floating point is a slice: its gradient is padding, not scattering. */
function readGather(node: OnnxNode): Value {
  const [x, indices] = [node.input(0), node.input(1)];
  const { dtype, shape } = x.type;
  const axis = normalizeAxis(node.int('axis', 0), shape.length);
  const known = node.known(1)?.elements ?? [];
  const [index] = known;
  if (known.length !== 1 || typeof index !== 'number' || !dtypes[dtype].floating) return f.gather(x, indices, axis);
  const row = f.slice(x, axis, index, index === -1 ? toEnd : index + 1);
  return f.reshape(row, [...shape.slice(0, axis), ...indices.type.shape, ...shape.slice(axis + 1)]);
}

export const gather: OpRules<'gather'> = {
  shape(inputs, attrs) {
    const [x, indices] = expectInputs(inputs, 2) as [TensorType, TensorType];
    expectIndices(indices);
    const axis = normalizeAxis(attrs.axis, x.shape.length);
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] }];
  },
  gradient(node, [dy]) {
    if (!dy) return [null, null];
    const [x, indices] = node.inputs as [Value, Value];
    const { shape } = x.type;
    const axis = normalizeAxis(node.attrs.axis, shape.length);
    const count = productOfDims(indices.type.shape);
    const along = (others: (dim: Dim) => Dim): Dim[] => shape.map((dim, i) => (i === axis ? count : others(dim)));
    const rows = f.expand(
      f.reshape(
        indices,
        along(() => 1),
      ),
      along((dim) => dim),
    );
    return [
      f.scatterElements(
        f.full(dy, shape, 0),
        rows,
        f.reshape(
          dy,
          along((dim) => dim),
        ),
        axis,
        'add',
      ),
      null,
    ];
  },
  lower(node, to) {
    const rank = (node.inputs[0] as Value).type.shape.length;
    return [to.emit('Gather', inputNames(node, to), { axis: normalizeAxis(node.attrs.axis, rank) })];
  },
  read: { Gather: readGather },
  cost: (node) => costOf({ inputs: [...node.inputs.slice(1), ...node.outputs], outputs: node.outputs }),
};

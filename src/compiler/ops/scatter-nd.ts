/**
 * x with `updates` put, or added, at coordinates: the last axis of `indices` holds the coordinates of x's first axes.
 *
 * Adding: dx = dy. Putting: dx = dy with 0 at the places written to; coordinates named twice are undefined.
 * In both dupdates is dy at those places.
 */
import { type Dim, productOfDims } from '../ir/dim.ts';
import { describeType, type Node, type TensorType, type Value } from '../ir/graph.ts';
import { inputNames } from './elementwise.ts';
import * as f from './functions-data.ts';
import { depthOf, leadingStrides, pickedShape, type Reduction } from './indexing.ts';
import { onnxDType } from './onnx-dtype.ts';
import type { Lowering, OpRules } from './rules.ts';
import { costOf, expectInputs, expectSameDtype, fail } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    scatterND: Reduction;
  }
}

/**
 * ONNX Runtime's CPU kernel for adding ScatterND works on several places at once and loses updates that meet
 * (onnxruntime issues 18048 and 23396), so there the coordinates become places in the flattened leading axes, for
 * ScatterElements, which goes one by one.
 */
function lowerAdd(node: Node<'scatterND'>, to: Lowering): string {
  const [x, indices] = node.inputs as [Value, Value, Value];
  const [xName, given, updates] = inputNames(node, to) as [string, string, string];
  const depth = depthOf(x.type, indices.type);
  const lead = x.type.shape.slice(0, depth);
  const row = productOfDims(x.type.shape.slice(depth));
  const count = productOfDims(indices.type.shape.slice(0, -1));

  const coordinates = indices.type.dtype === 'int64' ? given : to.emit('Cast', [given], { to: onnxDType.int64 });
  const negative = to.emit('Less', [coordinates, to.scalar(0, 'int64')]);
  const from0 = to.emit('Where', [negative, to.emit('Add', [coordinates, to.dims(lead)]), coordinates]);
  const steps = to.emit('Mul', [from0, to.dims(leadingStrides(lead, depth))]);
  const places = to.emit('ReduceSum', [steps, to.ints([-1])], { keepdims: 0 });
  const as = (name: string, shape: readonly Dim[]): string => to.emit('Reshape', [name, to.dims(shape)]);
  const rows = to.emit('Expand', [as(places, [count, 1]), to.dims([count, row])]);
  const flat = [as(xName, [productOfDims(lead), row]), rows, as(updates, [count, row])];
  return as(to.emit('ScatterElements', flat, { axis: 0, reduction: 'add' }), x.type.shape);
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
    const { reduction } = node.attrs;
    if (reduction === 'add' && to.target === 'cpu') return [lowerAdd(node, to)];
    return [to.emit('ScatterND', inputNames(node, to), { reduction })];
  },
  cost: costOf,
};

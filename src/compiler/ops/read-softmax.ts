/** ONNX's Softmax and LogSoftmax of every version. */
import { productOfDims } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import * as f from './functions-data.ts';
import type { OnnxNode } from './reading.ts';
import { normalizeAxis } from './shapes.ts';

/** Along an axis; before version 13 along all axes from that one on, taken as one. */
export function readSoftmax(op: 'softmax' | 'logSoftmax', node: OnnxNode): Value {
  const x = node.input(0);
  const { shape } = x.type;
  const axis = normalizeAxis(node.int('axis', node.opset < 13 ? 1 : -1), shape.length);
  if (node.opset >= 13 || shape.slice(axis + 1).every((dim) => dim === 1)) return node.builder.apply(op, [x], { axis });
  const rows = f.reshape(x, [productOfDims(shape.slice(0, axis)), productOfDims(shape.slice(axis))]);
  return f.reshape(node.builder.apply(op, [rows], { axis: 1 }), shape);
}

/** The int64 place of the largest along an axis, the first when several tie. */
import type { Value } from '../ir/graph.ts';
import type { OnnxNode } from './reading.ts';
import { reducedShape } from './reduce.ts';
import type { OpRules } from './rules.ts';
import { costOf, normalizeAxis, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    argMax: { readonly axis: number; readonly keepDims: boolean };
  }
}

function readPlace(node: OnnxNode, x: Value): Value {
  if (node.int('select_last_index', 0) !== 0) node.refuse('has select_last_index, of which only 0 is supported');
  return node.builder.apply('argMax', [x], { axis: node.int('axis', 0), keepDims: node.int('keepdims', 1) === 1 });
}

export const argMax: OpRules<'argMax'> = {
  shape(inputs, { axis, keepDims }) {
    return [{ dtype: 'int64', shape: reducedShape(onlyInput(inputs).shape, { axes: [axis], keepDims }) }];
  },
  gradient: 'none',
  lower(node, to) {
    const x = node.inputs[0] as Value;
    const axis = normalizeAxis(node.attrs.axis, x.type.shape.length);
    return [to.emit('ArgMax', [to.name(x)], { axis, keepdims: node.attrs.keepDims ? 1 : 0 })];
  },
  read: {
    ArgMax: (node) => readPlace(node, node.input(0)),
    ArgMin: (node) => readPlace(node, node.builder.apply('neg', [node.input(0)], {})),
  },
  cost: costOf,
};

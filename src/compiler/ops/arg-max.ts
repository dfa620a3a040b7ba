/** The int64 place of the largest along an axis, the first when several tie. */
import type { Value } from '../ir/graph.ts';
import { reducedShape } from './reduce.ts';
import type { OpRules } from './rules.ts';
import { costOf, normalizeAxis, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    argMax: { readonly axis: number; readonly keepDims: boolean };
  }
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
  cost: costOf,
};

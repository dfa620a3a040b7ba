/**
 * The k largest (or smallest) along an axis, in order, and their int64 places; the first place wins a tie.
 * dy of the values goes back to where they were taken from.
 */
import type { Dim } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import * as f from './functions-data.ts';
import type { OpRules } from './rules.ts';
import { costOf, fail, normalizeAxis, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    topK: { readonly k: Dim; readonly axis: number; readonly largest: boolean };
  }
}

export const topK: OpRules<'topK'> = {
  shape(inputs, attrs) {
    const x = onlyInput(inputs);
    const { k } = attrs;
    const axis = normalizeAxis(attrs.axis, x.shape.length);
    const length = x.shape[axis] as Dim;
    if (typeof k === 'number' && (k < 0 || (typeof length === 'number' && k > length))) {
      fail(`takes k from 0 to ${length} along axis ${axis}, ${k} came`);
    }
    const shape = x.shape.map((dim, i) => (i === axis ? k : dim));
    return [
      { dtype: x.dtype, shape },
      { dtype: 'int64', shape },
    ];
  },
  gradient(node, [dy]) {
    const [x, places] = [node.inputs[0] as Value, node.outputs[1] as Value];
    return [dy ? f.scatterElements(f.full(dy, x.type.shape, 0), places, dy, node.attrs.axis) : null];
  },
  lower(node, to) {
    const x = node.inputs[0] as Value;
    const { k, largest } = node.attrs;
    const axis = normalizeAxis(node.attrs.axis, x.type.shape.length);
    return to.emitAll('TopK', [to.name(x), to.dims([k])], 2, { axis, largest: largest ? 1 : 0, sorted: 1 });
  },
  read: {
    TopK(node) {
      const k = node.opset < 10 ? node.int('k') : node.dims(1)[0];
      const [axis, largest] = [node.int('axis', -1), node.int('largest', 1) === 1];
      return node.builder.applyAll('topK', [node.input(0)], { k: k ?? node.refuse('has no k'), axis, largest });
    },
  },
  cost: costOf,
};

/**
 * y = exp(x) / Σ exp(x) along an axis, the largest x taken off first.
 *
 *   dx = y · (dy - Σ dy·y)
 */
import type { Value } from '../ir/graph.ts';
import { unaryFloatRule } from './elementwise.ts';
import * as f from './functions.ts';
import { readSoftmax } from './read-softmax.ts';
import type { OpRules } from './rules.ts';
import { costOf, normalizeAxis } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    softmax: { readonly axis: number };
  }
}

export const softmax: OpRules<'softmax'> = {
  shape(inputs, { axis }) {
    const types = unaryFloatRule(inputs);
    normalizeAxis(axis, types[0]?.shape.length ?? 0);
    return types;
  },
  gradient(node, [dy]) {
    if (!dy) return [null];
    const y = node.outputs[0] as Value;
    return [f.mul(y, f.sub(dy, f.sum(f.mul(dy, y), [node.attrs.axis], true)))];
  },
  lower(node, to) {
    const x = node.inputs[0] as Value;
    return [to.emit('Softmax', [to.name(x)], { axis: normalizeAxis(node.attrs.axis, x.type.shape.length) })];
  },
  read: { Softmax: (node) => readSoftmax('softmax', node) },
  cost: costOf,
};

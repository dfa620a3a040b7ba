/**
 * y = x - m - ln Σ exp(x - m) along an axis, m the largest x.
 *
 *   dx = dy - exp(y) · Σ dy
 */
import type { Value } from '../ir/graph.ts';
import { unaryFloatRule } from './elementwise.ts';
import * as f from './functions.ts';
import { readSoftmax } from './read-softmax.ts';
import type { OpRules } from './rules.ts';
import { costOf, normalizeAxis } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    logSoftmax: { readonly axis: number };
  }
}

export const logSoftmax: OpRules<'logSoftmax'> = {
  shape(inputs, { axis }) {
    const types = unaryFloatRule(inputs);
    normalizeAxis(axis, types[0]?.shape.length ?? 0);
    return types;
  },
  gradient(node, [dy]) {
    if (!dy) return [null];
    return [f.sub(dy, f.mul(f.exp(node.outputs[0] as Value), f.sum(dy, [node.attrs.axis], true)))];
  },
  lower(node, to) {
    const x = to.name(node.inputs[0] as Value);
    const axis = normalizeAxis(node.attrs.axis, (node.inputs[0] as Value).type.shape.length);
    if (to.target === 'cpu') return [to.emit('LogSoftmax', [x], { axis })];
    // WebGPU has no kernel for LogSoftmax.
    const centered = to.emit('Sub', [x, to.emit('ReduceMax', [x], { axes: [axis], keepdims: 1 })]);
    const sum = to.emit('ReduceSum', [to.emit('Exp', [centered]), to.ints([axis])], { keepdims: 1 });
    return [to.emit('Sub', [centered, to.emit('Log', [sum])])];
  },
  read: { LogSoftmax: (node) => readSoftmax('logSoftmax', node) },
  cost: costOf,
};

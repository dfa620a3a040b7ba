/** -1, 0 or 1. Flat between steps, so no gradient flows. */
import type { Value } from '../ir/graph.ts';
import { unaryRule } from './elementwise.ts';
import { onnxDType } from './onnx-dtype.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    sign: NoAttrs;
  }
}

export const sign: OpRules<'sign'> = {
  shape: unaryRule,
  gradient: () => [null],
  lower(node, to) {
    const x = node.inputs[0] as Value;
    const name = to.name(x);
    if (to.target === 'cpu') return [to.emit('Sign', [name])];
    // WebGPU has no kernel for Sign: (x > 0) - (x < 0).
    const zero = to.scalar(0, x.type.dtype);
    const like = { to: onnxDType[x.type.dtype] };
    const positive = to.emit('Cast', [to.emit('Greater', [name, zero])], like);
    return [to.emit('Sub', [positive, to.emit('Cast', [to.emit('Less', [name, zero])], like)])];
  },
  read: readAs('sign', 'Sign'),
  cost: costOf,
};

/** Values one behind the other along an axis. dy is sliced apart. */
import { addDims, type Dim } from '../ir/dim.ts';
import { describeType, type TensorType, type Value } from '../ir/graph.ts';
import { blockSize, blocksAtHand, fromBlocks } from './blocked.ts';
import { inputNames } from './elementwise.ts';
import type { OpRules } from './rules.ts';
import { costOf, expectInputs, expectSameDtype, fail, normalizeAxis } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    concat: { readonly axis: number };
  }
}

export const concat: OpRules<'concat'> = {
  shape(inputs, attrs) {
    const first = expectInputs(inputs, 1, Number.POSITIVE_INFINITY)[0] as TensorType;
    const axis = normalizeAxis(attrs.axis, first.shape.length);
    let length: Dim = 0;
    for (const type of inputs) {
      expectSameDtype(first, type);
      const fits = type.shape.length === first.shape.length && type.shape.every((dim, i) => i === axis || dim === first.shape[i]);
      if (!fits) fail(`takes equal shapes but for axis ${axis}, ${describeType(first)} and ${describeType(type)} came`);
      length = addDims(length, type.shape[axis] as Dim);
    }
    return [{ dtype: first.dtype, shape: first.shape.map((dim, i) => (i === axis ? length : dim)) }];
  },
  gradient(node, [dy], wanted, builder) {
    if (!dy) return node.inputs.map(() => null);
    const axis = normalizeAxis(node.attrs.axis, dy.type.shape.length);
    let end: Dim = 0;
    return node.inputs.map((input, i) => {
      const start = end;
      end = addDims(start, input.type.shape[axis] as Dim);
      return wanted[i] ? builder.apply('slice', [dy], { axes: [axis], starts: [start], ends: [end], steps: [1] }) : null;
    });
  },
  lower(node, to) {
    const rank = (node.inputs[0] as Value).type.shape.length;
    const block = blockSize(to);
    const blocks = node.inputs.map((input) => blocksAtHand(to, input));
    const whole = node.inputs.every(({ type }, i) => blocks[i] !== undefined && (type.shape[1] as number) % block === 0);
    if (whole && normalizeAxis(node.attrs.axis, rank) === 1) {
      const y = to.emit('Concat', blocks as readonly string[], { axis: 1 });
      return [fromBlocks(to, y, (node.outputs[0] as Value).type.shape[1] as number)];
    }
    return [to.emit('Concat', inputNames(node, to), { axis: normalizeAxis(node.attrs.axis, rank) })];
  },
  read: { Concat: (node) => node.builder.apply('concat', node.inputs(), { axis: node.int('axis') }) },
  cost: costOf,
};

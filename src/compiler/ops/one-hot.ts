/** True at each index along a new last axis of length `depth`; an index outside it makes a row of false. */
import { int64 } from '../../base/tensor.ts';
import type { Value } from '../ir/graph.ts';
import { expectIndices } from './elementwise.ts';
import { onnxDType } from './onnx-dtype.ts';
import type { OpRules } from './rules.ts';
import { costOf, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    oneHot: { readonly depth: number };
  }
}

export const oneHot: OpRules<'oneHot'> = {
  shape(inputs, { depth }) {
    const indices = onlyInput(inputs);
    expectIndices(indices);
    return [{ dtype: 'bool', shape: [...indices.shape, depth] }];
  },
  gradient: 'none',
  lower(node, to) {
    const indices = node.inputs[0] as Value;
    const name = to.name(indices);
    const wide = indices.type.dtype === 'int64' ? name : to.emit('Cast', [name], { to: onnxDType.int64 });
    const { depth } = node.attrs;
    const classes = to.constant(
      int64(
        [depth],
        Array.from({ length: depth }, (_, i) => i),
      ),
    );
    return [to.emit('Equal', [to.emit('Unsqueeze', [wide, to.ints([-1])]), classes])];
  },
  cost: costOf,
};

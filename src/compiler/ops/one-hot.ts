/** True at each index along a new last axis of length `depth`; an index outside it makes a row of false. */
import { int64 } from '../../base/tensor.ts';
import type { Value } from '../ir/graph.ts';
import { expectIndices } from './elementwise.ts';
import * as f from './functions.ts';
import { onnxDType } from './onnx-dtype.ts';
import { LONGEST } from './read-helpers.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf, normalizeAxis, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    oneHot: { readonly depth: number };
  }
}

/** ONNX's has any two values, any place for the new axis, and counts negative indices from the end. */
function readOneHot(node: OnnxNode): Value {
  const [given, values, depth] = [node.input(0), node.input(2), node.number(1)];
  if (!(depth <= LONGEST)) node.refuse(`has a depth of ${depth}, more than ${LONGEST}`);
  const indices = f.cast(given, 'int64');
  const from0 = f.where(f.less(indices, 0), f.add(indices, depth), indices);
  const [off, on] = [f.slice(values, 0, 0, 1), f.slice(values, 0, 1, 2)];
  const rows = f.where(node.builder.apply('oneHot', [from0], { depth }), on, off);
  const last = given.type.shape.length;
  const axis = normalizeAxis(node.int('axis', -1), last + 1);
  if (axis === last) return rows;
  const perm = Array.from({ length: last + 1 }, (_, i) => (i < axis ? i : i === axis ? last : i - 1));
  return f.transpose(rows, perm);
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
  read: { OneHot: readOneHot },
  cost: costOf,
};

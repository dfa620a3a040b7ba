/** A tensor known when the graph is made. */
import { float32, int64, type Tensor } from '../../base/tensor.ts';
import type { Value } from '../ir/graph.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { expectInputs, free } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    constant: { readonly value: Tensor };
  }
}

function readConstant(node: OnnxNode): Value {
  const [numbers, integers] = [node.floats('value_floats'), node.ints('value_ints')];
  const value =
    node.tensor('value') ??
    (numbers && float32([numbers.length], numbers)) ??
    (integers && int64([integers.length], integers)) ??
    (node.has('value_float') ? float32([], [node.float('value_float')]) : undefined) ??
    (node.has('value_int') ? int64([], [node.int('value_int')]) : undefined);
  return node.builder.apply('constant', [], {
    value: value ?? node.refuse('holds no numbers: text and sparse tensors are not supported'),
  });
}

export const constant: OpRules<'constant'> = {
  shape(inputs, { value }) {
    expectInputs(inputs, 0);
    return [{ dtype: value.dtype, shape: value.shape }];
  },
  gradient: 'none',
  lower: (node, to) => [to.constant(node.attrs.value)],
  read: { Constant: readConstant },
  cost: () => free,
};

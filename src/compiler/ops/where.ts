/** a where the condition holds, else b, with broadcasting of all three. dy flows to whichever was taken. */
import type { TensorType, Value } from '../ir/graph.ts';
import { expectBool, lowerAs } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { broadcastShapes, costOf, expectInputs, expectSameDtype, unbroadcast } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    where: NoAttrs;
  }
}

export const where: OpRules<'where'> = {
  shape(inputs) {
    const [condition, a, b] = expectInputs(inputs, 3) as [TensorType, TensorType, TensorType];
    expectBool(condition);
    expectSameDtype(a, b);
    return [{ dtype: a.dtype, shape: broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape)) }];
  },
  gradient(node, [dy], wanted, builder) {
    if (!dy) return [null, null, null];
    const [condition, a, b] = node.inputs as [Value, Value, Value];
    return [
      null,
      wanted[1] ? unbroadcast(f.where(condition, dy, 0), a.type, builder) : null,
      wanted[2] ? unbroadcast(f.where(condition, 0, dy), b.type, builder) : null,
    ];
  },
  lower: lowerAs('Where'),
  read: readAs('where', 'Where'),
  cost: costOf,
};

/** Σ over space of a · b for each picture and channel: what a gate of one number a channel gathers from dy. */
import type { TensorType, Value } from '../ir/graph.ts';
import { sameFloatRule } from './activations.ts';
import { dotsInBlocks } from './blocked-pictures.ts';
import { lowerRowDots } from './channels.ts';
import { inputNames } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import type { OpRules } from './rules.ts';
import { costOf, fail } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /** Inputs a and b [N, C, ...spatial]; output [N, C, 1, ...]. */
    rowDot: NoAttrs;
  }
}

export const rowDot: OpRules<'rowDot'> = {
  shape(inputs) {
    const [a] = sameFloatRule(2)(inputs) as [TensorType];
    if (a.shape.length < 3) fail(`takes [N, C, ...spatial], rank ${a.shape.length} came`);
    return [{ dtype: a.dtype, shape: a.shape.map((dim, i) => (i < 2 ? dim : 1)) }];
  },
  gradient(node, [d], wanted) {
    const [a, b] = node.inputs as readonly [Value, Value];
    return [d && wanted[0] ? f.mul(b, d) : null, d && wanted[1] ? f.mul(a, d) : null];
  },
  lower(node, to) {
    const inBlocks = dotsInBlocks(to, node.inputs as readonly [Value, Value]);
    if (inBlocks) return [inBlocks];
    const [a, b] = inputNames(node, to) as [string, string];
    const { type } = node.inputs[0] as Value;
    const dots = lowerRowDots(to, a, b, type);
    return [to.emit('Reshape', [dots, to.ints([0, 0, ...type.shape.slice(2).map(() => 1)])])];
  },
  read: 'none',
  cost: costOf,
};

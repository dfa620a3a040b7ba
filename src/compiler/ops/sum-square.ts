/** Sum of squares over axes. The gradient is 2·x·dy. */
import type { Value } from '../ir/graph.ts';
import * as f from './functions.ts';
import { readReduction } from './read-helpers.ts';
import { lowerReduction, type ReduceAttrs, reduceRule, withAxes } from './reduce.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    sumSquare: ReduceAttrs;
  }
}

const reduceSumSquare = lowerReduction<'sumSquare'>('ReduceSumSquare');

export const sumSquare: OpRules<'sumSquare'> = {
  shape: reduceRule,
  gradient(node, [dy]) {
    const x = node.inputs[0] as Value;
    return [dy ? f.mul(x, f.mul(withAxes(dy, node), 2)) : null];
  },
  lower(node, to) {
    if (node.attrs.axes.length > 0) return reduceSumSquare(node, to);
    const x = to.name(node.inputs[0] as Value);
    return [to.emit('Mul', [x, x])];
  },
  read: readReduction('sumSquare', 'ReduceSumSquare', 18),
  cost: costOf,
};

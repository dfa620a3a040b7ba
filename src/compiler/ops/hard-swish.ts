/**
 * x · hardSigmoid(x) (Howard et al. 2019, arXiv:1905.02244, section 5.2). As in torch its derivative is 0 below −3,
 * x / 3 + 1 / 2 from −3 to 3, and 1 above.
 */
import type { Value } from '../ir/graph.ts';
import { sameFloatRule } from './activations.ts';
import { inAnyLayout } from './blocked.ts';
import { inputNames, lowerAs, unaryFloatRule } from './elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf, costOfSeveral } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    hardSwish: NoAttrs;
    /** dy times the derivative; inputs (dy, x). */
    hardSwishGrad: NoAttrs;
  }
}

export const hardSwish: OpRules<'hardSwish'> = {
  shape: unaryFloatRule,
  gradient(node, [dy], _wanted, builder) {
    return [dy ? builder.apply('hardSwishGrad', [dy, node.inputs[0] as Value], {}) : null];
  },
  lower: inAnyLayout(lowerAs('HardSwish')),
  read: readAs('hardSwish', 'HardSwish'),
  cost: costOf,
};

export const hardSwishGrad: OpRules<'hardSwishGrad'> = {
  shape: sameFloatRule(2),
  gradient: 'none',
  lower: inAnyLayout((node, to) => {
    const [dy, x] = inputNames(node, to) as [string, string];
    const scalar = (value: number): string => to.scalar(value, node.inputs[0]?.type.dtype);
    const slope = to.emit('Add', [to.emit('Mul', [x, scalar(1 / 3)]), scalar(0.5)]);
    const upTo3 = to.emit('Where', [to.emit('Greater', [x, scalar(3)]), scalar(1), slope]);
    const derivative = to.emit('Where', [to.emit('Less', [x, scalar(-3)]), scalar(0), upTo3]);
    return [to.emit('Mul', [dy, derivative])];
  }),
  read: 'none',
  cost: costOfSeveral,
};

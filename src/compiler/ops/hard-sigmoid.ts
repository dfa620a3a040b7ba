/** min(max(x + 3, 0), 6) / 6. The gradient is dy / 6 strictly between −3 and 3, as in torch. */
import type { Value } from '../ir/graph.ts';
import { between, indicator, sameFloatRule } from './activations.ts';
import { inputNames, unaryFloatRule } from './elementwise.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    hardSigmoid: NoAttrs;
    /** dy / 6 where −3 < x < 3, else 0; inputs (dy, x). */
    hardSigmoidGrad: NoAttrs;
  }
}

export const hardSigmoid: OpRules<'hardSigmoid'> = {
  shape: unaryFloatRule,
  gradient(node, [dy], _wanted, builder) {
    return [dy ? builder.apply('hardSigmoidGrad', [dy, node.inputs[0] as Value], {}) : null];
  },
  lower(node, to) {
    return [to.emit('HardSigmoid', inputNames(node, to), { alpha: { float: 1 / 6 }, beta: { float: 0.5 } })];
  },
  cost: costOf,
};

export const hardSigmoidGrad: OpRules<'hardSigmoidGrad'> = {
  shape: sameFloatRule(2),
  gradient: 'none',
  lower(node, to) {
    const [dy, x] = inputNames(node, to) as [string, string];
    const { dtype } = (node.inputs[0] as Value).type;
    const slope = to.emit('Mul', [indicator(to, between(to, x, -3, 3, dtype), dtype), to.scalar(1 / 6, dtype)]);
    return [to.emit('Mul', [dy, slope])];
  },
  cost: costOf,
};

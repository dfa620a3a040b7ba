/** min(max(x + 3, 0), 6) / 6. The gradient is dy / 6 strictly between −3 and 3, as in torch. */
import type { Value } from '../ir/graph.ts';
import { between, indicator, sameFloatRule } from './activations.ts';
import { inAnyLayout } from './blocked.ts';
import { inputNames, unaryFloatRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    hardSigmoid: NoAttrs;
    /** dy / 6 where −3 < x < 3, else 0; inputs (dy, x). */
    hardSigmoidGrad: NoAttrs;
  }
}

/** ONNX's is min(max(alpha x + beta, 0), 1). */
function readHardSigmoid(node: OnnxNode): Value {
  const x = node.input(0);
  const [alpha, beta] = [node.float('alpha', 0.2), node.float('beta', 0.5)];
  if (Math.abs(alpha - 1 / 6) < 1e-6 && beta === 0.5) return node.builder.apply('hardSigmoid', [x], {});
  return node.builder.apply('clip', [f.add(f.mul(x, alpha), beta)], { min: 0, max: 1 });
}

export const hardSigmoid: OpRules<'hardSigmoid'> = {
  shape: unaryFloatRule,
  gradient(node, [dy], _wanted, builder) {
    return [dy ? builder.apply('hardSigmoidGrad', [dy, node.inputs[0] as Value], {}) : null];
  },
  lower: inAnyLayout((node, to) => {
    return [to.emit('HardSigmoid', inputNames(node, to), { alpha: { float: 1 / 6 }, beta: { float: 0.5 } })];
  }),
  read: { HardSigmoid: readHardSigmoid },
  cost: costOf,
};

export const hardSigmoidGrad: OpRules<'hardSigmoidGrad'> = {
  shape: sameFloatRule(2),
  gradient: 'none',
  lower: inAnyLayout((node, to) => {
    const [dy, x] = inputNames(node, to) as [string, string];
    const { dtype } = (node.inputs[0] as Value).type;
    const slope = to.emit('Mul', [indicator(to, between(to, x, -3, 3, dtype), dtype), to.scalar(1 / 6, dtype)]);
    return [to.emit('Mul', [dy, slope])];
  }),
  read: 'none',
  cost: costOf,
};

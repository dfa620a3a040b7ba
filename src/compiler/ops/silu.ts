/**
 * y = x · sigmoid(x), also called swish (Elfwing et al. 2017, arXiv:1702.03118). With s = sigmoid(x) its derivative is
 * s + y (1 − s) = s (1 − y) + y.
 */
import type { Value } from '../ir/graph.ts';
import { sameFloatRule } from './activations.ts';
import { inAnyLayout } from './blocked.ts';
import { inputNames, unaryFloatRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf, costOfSeveral } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    silu: NoAttrs;
    /** dy times the derivative; inputs (dy, x, y). */
    siluGrad: NoAttrs;
  }
}

/** x · sigmoid(alpha x). */
function readSwish(node: OnnxNode, alpha: number): Value {
  const x = node.input(0);
  if (alpha === 1) return node.builder.apply('silu', [x], {});
  return f.mul(x, node.builder.apply('sigmoid', [f.mul(x, alpha)], {}));
}

export const silu: OpRules<'silu'> = {
  shape: unaryFloatRule,
  gradient(node, [dy], _wanted, builder) {
    return [dy ? builder.apply('siluGrad', [dy, node.inputs[0] as Value, node.outputs[0] as Value], {}) : null];
  },
  lower: inAnyLayout((node, to) => {
    const [x] = inputNames(node, to) as [string];
    // QuickGelu is x · sigmoid(alpha · x) in one pass.
    if (!to.portable && node.inputs[0]?.type.dtype === 'float32') {
      return [to.emit('com.microsoft.QuickGelu', [x], { alpha: { float: 1 } })];
    }
    return [to.emit('Mul', [x, to.emit('Sigmoid', [x])])];
  }),
  read: {
    'com.microsoft.QuickGelu': (node) => readSwish(node, node.float('alpha', 1.702)),
    Swish: (node) => readSwish(node, node.float('alpha', 1)),
  },
  cost: costOf,
};

export const siluGrad: OpRules<'siluGrad'> = {
  shape: sameFloatRule(3),
  gradient: 'none',
  lower: inAnyLayout((node, to) => {
    const [dy, x, y] = inputNames(node, to) as [string, string, string];
    const s = to.emit('Sigmoid', [x]);
    const rest = to.emit('Sub', [to.scalar(1, node.inputs[0]?.type.dtype), y]);
    return [to.emit('Mul', [dy, to.emit('Add', [to.emit('Mul', [s, rest]), y])])];
  }),
  read: 'none',
  cost: costOfSeveral,
};

/** max(x, 0). Its gradient passes dy where the output is positive; at 0 it is 0, as in torch. */
import type { Value } from '../ir/graph.ts';
import { indicator, sameFloatRule } from './activations.ts';
import { inAnyLayout, refined } from './blocked.ts';
import { inputNames, unaryFloatRule } from './elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf, costOfSeveral } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    relu: NoAttrs;
    /** dy where y > 0, else 0; inputs (dy, y), so that x need not be kept. */
    reluGrad: NoAttrs;
  }
}

/** So steep that HardSigmoid, max(0, min(1, slope · y)), is 1 for every normal positive number. */
const STEP = 2 ** 127;

export const relu: OpRules<'relu'> = {
  shape: unaryFloatRule,
  gradient(node, [dy], _wanted, builder) {
    return [dy ? builder.apply('reluGrad', [dy, node.outputs[0] as Value], {}) : null];
  },
  lower: inAnyLayout((node, to) => {
    const x = node.inputs[0] as Value;
    return [refined(to, x, { activation: 'Relu' }) ?? to.emit('Relu', [to.name(x)])];
  }),
  read: readAs('relu', 'Relu'),
  cost: costOf,
};

export const reluGrad: OpRules<'reluGrad'> = {
  shape: sameFloatRule(2),
  gradient: 'none',
  lower: inAnyLayout((node, to) => {
    const [dy, y] = inputNames(node, to) as [string, string];
    const { dtype } = (node.inputs[0] as Value).type;
    // One pass less than comparing and casting. Shaders need not know infinity, so WebGPU compares; float64 has no HardSigmoid.
    const passes =
      to.target === 'cpu' && dtype !== 'float64'
        ? to.emit('HardSigmoid', [y], { alpha: { float: STEP }, beta: { float: 0 } })
        : indicator(to, to.emit('Greater', [y, to.scalar(0, dtype)]), dtype);
    return [to.emit('Mul', [dy, passes])];
  }),
  read: 'none',
  cost: costOfSeveral,
};

/**
 * x · Φ(x) with Φ the normal distribution function (Hendrycks and Gimpel 2016, arXiv:1606.08415), exact, by erf.
 * Its derivative is Φ(x) + x · φ(x) with φ the normal density.
 */
import type { Value } from '../ir/graph.ts';
import { inputNames, unaryFloatRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    gelu: NoAttrs;
  }
}

/** The exact function, or its approximation x / 2 · (1 + tanh(√(2/π) (x + 0.044715 x³))). */
function readGelu(node: OnnxNode): Value {
  const x = node.input(0);
  const approximate = node.text('approximate', 'none');
  if (approximate === 'none') return node.builder.apply('gelu', [x], {});
  if (approximate !== 'tanh') node.refuse(`has approximate "${approximate}"`);
  const inner = f.mul(f.add(x, f.mul(f.mul(f.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI));
  return f.mul(f.mul(x, 0.5), f.add(node.builder.apply('tanh', [inner], {}), 1));
}

export const gelu: OpRules<'gelu'> = {
  shape: unaryFloatRule,
  gradient(node, [dy]) {
    if (!dy) return [null];
    const x = node.inputs[0] as Value;
    const distribution = f.add(f.mul(f.erf(f.mul(x, Math.SQRT1_2)), 0.5), 0.5);
    const density = f.mul(f.exp(f.mul(f.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return [f.mul(dy, f.add(distribution, f.mul(x, density)))];
  },
  lower(node, to) {
    const [x] = inputNames(node, to) as [string];
    const dtype = node.inputs[0]?.type.dtype;
    if (!to.portable && dtype === 'float32') return [to.emit('com.microsoft.Gelu', [x])];
    const erf = to.emit('Erf', [to.emit('Mul', [x, to.scalar(Math.SQRT1_2, dtype)])]);
    const half = to.emit('Mul', [x, to.scalar(0.5, dtype)]);
    return [to.emit('Mul', [half, to.emit('Add', [erf, to.scalar(1, dtype)])])];
  },
  read: { Gelu: readGelu, 'com.microsoft.Gelu': (node) => node.builder.apply('gelu', [node.input(0)], {}) },
  cost: costOf,
};

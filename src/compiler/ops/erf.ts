/** The error function. The gradient is dy · 2/√π · exp(-x²). */
import type { Value } from '../ir/graph.ts';
import { lowerAs, unaryFloatRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    erf: NoAttrs;
  }
}

export const erf: OpRules<'erf'> = {
  shape: unaryFloatRule,
  gradient(node, [dy]) {
    const x = node.inputs[0] as Value;
    return [dy ? f.mul(f.mul(dy, 2 / Math.sqrt(Math.PI)), f.exp(f.neg(f.square(x)))) : null];
  },
  lower: lowerAs('Erf'),
  read: readAs('erf', 'Erf'),
  cost: costOf,
};

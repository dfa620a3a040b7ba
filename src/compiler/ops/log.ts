/** The natural logarithm. The gradient is dy/x. */
import type { Value } from '../ir/graph.ts';
import { lowerAs, unaryFloatRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    log: NoAttrs;
  }
}

export const log: OpRules<'log'> = {
  shape: unaryFloatRule,
  gradient(node, [dy]) {
    const x = node.inputs[0] as Value;
    return [dy ? f.div(dy, x) : null];
  },
  lower: lowerAs('Log'),
  read: readAs('log', 'Log'),
  cost: costOf,
};

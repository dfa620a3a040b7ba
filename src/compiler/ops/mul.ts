/**
 * Elementwise a · b with broadcasting. The gradients are dy·b and dy·a, summed over what was broadcast; for a gate of one
 * number a picture and channel that sum is a dot product of rows.
 */
import type { Value } from '../ir/graph.ts';
import { inAnyLayout } from './blocked.ts';
import { gateInBlocks } from './blocked-pictures.ts';
import { broadcastRule, lowerAs } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import { readAs } from './read-helpers.ts';
import type { OpRules } from './rules.ts';
import { costOf, unbroadcast } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    mul: NoAttrs;
  }
}

/** True for values [N, C, ...spatial] beside a gate [N, C, 1, ...]. */
function isGate(gate: Value, value: Value): boolean {
  const [small, large] = [gate.type.shape, value.type.shape];
  const spatial = large.slice(2);
  return (
    small.length === large.length &&
    spatial.length > 0 &&
    small.every((dim, i) => dim === (i < 2 ? large[i] : 1)) &&
    spatial.some((dim) => dim !== 1)
  );
}

export const mul: OpRules<'mul'> = {
  shape: broadcastRule,
  gradient(node, [dy], wanted, builder) {
    if (!dy) return [null, null];
    const [a, b] = node.inputs as [Value, Value];
    const gradientOf = (operand: Value, other: Value): Value =>
      isGate(operand, other) ? builder.apply('rowDot', [dy, other], {}) : unbroadcast(f.mul(dy, other), operand.type, builder);
    return [wanted[0] ? gradientOf(a, b) : null, wanted[1] ? gradientOf(b, a) : null];
  },
  lower(node, to) {
    const [a, b] = node.inputs as [Value, Value];
    const [gate, value] = isGate(a, b) ? [a, b] : [b, a];
    return (isGate(gate, value) ? gateInBlocks(to, value, gate) : undefined) ?? inAnyLayout<'mul'>(lowerAs('Mul'))(node, to);
  },
  read: readAs('mul', 'Mul'),
  cost: costOf,
};

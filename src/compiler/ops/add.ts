/** Elementwise a + b with broadcasting. dy flows to both. */
import type { Node, Value } from '../ir/graph.ts';
import { inAnyLayout, refined } from './blocked.ts';
import { addPictureVector } from './blocked-pictures.ts';
import { broadcastRule, inputNames } from './elementwise.ts';
import { readAs, readFolded } from './read-helpers.ts';
import type { Lowering, OpRules } from './rules.ts';
import { costOf, unbroadcast } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    add: NoAttrs;
  }
}

/** A sum that a blocked convolution of one of its operands takes in, in the memory of the other one where that is free. */
function intoConvolution(node: Node<'add'>, to: Lowering): string | undefined {
  const [a, b] = node.inputs as [Value, Value];
  if (a === b || a.type.shape.join() !== b.type.shape.join()) return undefined;
  return refined(to, a, { sum: to.name(b) }) ?? refined(to, b, { sum: to.name(a) });
}

export const add: OpRules<'add'> = {
  shape: broadcastRule,
  gradient(node, [dy], wanted, builder) {
    return node.inputs.map((input, i) => (wanted[i] && dy ? unbroadcast(dy, input.type, builder) : null));
  },
  lower(node, to) {
    const sum = inAnyLayout<'add'>((_, inside) => [
      intoConvolution(node, inside) ?? inside.emit('Add', inputNames(node, inside)),
    ]);
    return addPictureVector(node, to) ?? sum(node, to);
  },
  read: { ...readAs('add', 'Add'), ...readFolded('add', 'Sum') },
  cost: costOf,
};

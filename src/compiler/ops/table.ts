/** The closed table of all operators; one line each. A name declared without rules does not compile. */
import type { Node, OpName, ShapeRules } from '../ir/graph.ts';
import { add } from './add.ts';
import type { OpRules } from './rules.ts';
import { sum } from './sum.ts';

export const opTable: { readonly [K in OpName]: OpRules<K> } = {
  add,
  sum,
};

/** The rules of a node's operator. */
export function rulesOf<K extends OpName>(node: Node<K>): OpRules<K> {
  return opTable[node.op] as OpRules<K>;
}

/** The shape rules of all operators, for builders and the verifier. */
export const shapeRules: ShapeRules = {
  outputTypes: (op, inputs, attrs) => (opTable[op] as OpRules<OpName>).shape(inputs, attrs as never),
};

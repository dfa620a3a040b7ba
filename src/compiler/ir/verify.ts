/** Checks that a graph is well formed; run between passes. */
import { OcelliError } from '../../base/errors.ts';
import { type Attr, describeType, type Graph, type ShapeRules, sameType, type Value } from './graph.ts';
import { printNode } from './print.ts';

/**
 * Every value is made once and before its use, every node's output types are what its shape rule gives, names are
 * unique, and every output exists.
 * @throws internal with the node at fault
 */
export function verifyGraph(graph: Graph, rules: ShapeRules): void {
  const made = new Set<Value>();
  const define = (value: Value, where: string): void => {
    if (made.has(value)) throw new OcelliError('internal', `graph: %${value.id} is made twice, the second time by ${where}`);
    made.add(value);
  };
  const names = new Set<string>();
  for (const { name, value } of [...graph.inputs, ...graph.parameters]) {
    if (names.has(name)) throw new OcelliError('internal', `graph: two inputs are named "${name}"`);
    names.add(name);
    define(value, `input "${name}"`);
  }
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      if (!made.has(input)) {
        throw new OcelliError('internal', `graph: %${input.id} is used before it is made, in ${printNode(node)}`);
      }
    }
    const inputTypes = node.inputs.map((input) => input.type);
    const types = rules.outputTypes(node.op, inputTypes, node.attrs as Readonly<Record<string, Attr>>);
    const same =
      types.length === node.outputs.length && types.every((type, i) => sameType(type, (node.outputs[i] as Value).type));
    if (!same) {
      throw new OcelliError(
        'internal',
        `graph: the shape rule gives ${types.map(describeType).join(', ')} for ${printNode(node)}`,
      );
    }
    for (const output of node.outputs) define(output, printNode(node));
  }
  const outputNames = new Set<string>();
  for (const { name, value } of graph.outputs) {
    if (outputNames.has(name)) throw new OcelliError('internal', `graph: two outputs are named "${name}"`);
    outputNames.add(name);
    if (!made.has(value)) throw new OcelliError('internal', `graph: output "${name}" is never made`);
  }
}

/** Makes a graph anew, node by node, with some nodes replaced. */
import { type Builder, GraphBuilder } from '../ir/builder.ts';
import type { Graph, Node, Value } from '../ir/graph.ts';
import { shapeRules } from '../ops/table.ts';

/** What a pass may use while it rewrites. */
export interface Rewriting {
  readonly builder: Builder;
  /** What a value of the old graph is in the new one. */
  of(value: Value): Value;
}

/**
 * Copies `graph` into a new builder. For every node `replace` gives what stands for its outputs in the new graph, or
 * undefined to copy it. Nodes that `replace` adds are filed under the module path of the node they replace.
 */
export function rewrite(graph: Graph, replace: (node: Node, to: Rewriting) => readonly Value[] | undefined): Graph {
  const builder = new GraphBuilder(shapeRules);
  const made = new Map<Value, Value>();
  const to: Rewriting = { builder, of: (value) => made.get(value) as Value };
  for (const { name, value } of graph.inputs) made.set(value, builder.input(name, value.type));
  for (const { name, value } of graph.parameters) made.set(value, builder.parameter(name, value.type));
  for (const node of graph.nodes) {
    const outputs = builder.inScope(
      node.scope,
      () => replace(node, to) ?? builder.applyAll(node.op, node.inputs.map(to.of), node.attrs),
    );
    node.outputs.forEach((output, i) => {
      made.set(output, outputs[i] as Value);
    });
  }
  return builder.build(graph.outputs.map(({ name, value }) => ({ name, value: to.of(value) })));
}

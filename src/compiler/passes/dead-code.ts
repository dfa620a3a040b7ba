/** Drops what no output needs: nodes, and parameters that nothing reads. Inputs stay: they are what callers feed. */
import type { Graph, Node, Value } from '../ir/graph.ts';

export function deadCode(graph: Graph): Graph {
  const needed = new Set<Value>(graph.outputs.map(({ value }) => value));
  const nodes: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    nodes.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  const parameters = graph.parameters.filter(({ value }) => needed.has(value));
  return { inputs: graph.inputs, parameters, nodes: nodes.reverse(), outputs: graph.outputs };
}

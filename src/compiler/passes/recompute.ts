/**
 * Activations computed twice instead of kept (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost", arXiv:1604.06174):
 * the backward run of a segment of the network computes the segment's activations again from the one value that enters it.
 */
import { GraphBuilder } from '../ir/builder.ts';
import type { Graph, Node, Value } from '../ir/graph.ts';
import { bytesOfType } from '../ops/shapes.ts';
import { shapeRules } from '../ops/table.ts';
import { deadCode } from './dead-code.ts';

/** Smaller values are kept: they cost next to nothing, and what they were made from need not be there again. */
const KEPT_BYTES = 1 << 16;

/** A place between two nodes of a forward run that a single large value crosses. */
export interface Cut {
  /** How many nodes stand before it. */
  readonly at: number;
  /** The value that crosses. */
  readonly value: Value;
  /** Bytes of large values that were made before it. */
  readonly bytes: number;
}

/** How many nodes make `loss`, if they stand first in the graph. */
function forwardLength(graph: Graph, loss: Value): number {
  return graph.nodes.findIndex((node) => node.outputs.includes(loss)) + 1;
}

/** The places where the forward run to `loss` can be cut, from its beginning on. */
export function cutsOf(graph: Graph, loss: Value): readonly Cut[] {
  const forward = graph.nodes.slice(0, forwardLength(graph, loss));
  const lastUse = new Map<Value, number>();
  forward.forEach((node, i) => {
    for (const input of node.inputs) lastUse.set(input, i);
  });
  const cuts: Cut[] = [];
  const crossing = new Set<Value>();
  let bytes = 0;
  forward.forEach((node, i) => {
    for (const input of node.inputs) if (lastUse.get(input) === i) crossing.delete(input);
    for (const output of node.outputs) {
      if (node.inputs.length === 0 || bytesOfType(output.type) <= KEPT_BYTES) continue;
      bytes += bytesOfType(output.type);
      if ((lastUse.get(output) ?? -1) > i) crossing.add(output);
    }
    const [value] = crossing;
    if (value && crossing.size === 1) cuts.push({ at: i + 1, value, bytes });
  });
  return cuts;
}

/**
 * The graph with the activations of all segments but the last computed anew for the backward run, right before it needs them.
 * What comes out is the same to the last bit: the same nodes run on the same values.
 * @param loss the output that the forward run ends with; the nodes up to it stand first
 * @param cuts where segments end, a selection of `cutsOf(graph, loss)` in order
 */
export function recompute(graph: Graph, loss: Value, cuts: readonly Cut[]): Graph {
  const length = forwardLength(graph, loss);
  const builder = new GraphBuilder(shapeRules);
  const made = new Map<Value, Value>();
  for (const { name, value } of graph.inputs) made.set(value, builder.input(name, value.type));
  for (const { name, value } of graph.parameters) made.set(value, builder.parameter(name, value.type));
  const copy = (node: Node, of: (value: Value) => Value, into: Map<Value, Value>): void => {
    const outputs = builder.inScope(node.scope, () => builder.applyAll(node.op, node.inputs.map(of), node.attrs));
    node.outputs.forEach((output, i) => void into.set(output, outputs[i] as Value));
  };
  const first = (value: Value): Value => made.get(value) as Value;
  for (const node of graph.nodes.slice(0, length)) copy(node, first, made);

  // All copies stand before the backward run. ONNX Runtime goes depth first and takes of a node's inputs the one that stands last
  // first: so a gradient is there before the activation it meets is computed again.
  const again = new Map<Value, Value>();
  const anew = (value: Value): Value => again.get(value) ?? first(value);
  const kept = new Set(cuts.map(({ value }) => value));
  for (const node of graph.nodes.slice(0, cuts.at(-1)?.at ?? 0)) {
    if (node.inputs.length === 0) continue;
    const outputs = new Map<Value, Value>();
    copy(node, anew, outputs);
    for (const [before, after] of outputs)
      if (!kept.has(before) && bytesOfType(before.type) > KEPT_BYTES) again.set(before, after);
  }
  for (const node of graph.nodes.slice(length)) copy(node, anew, made);
  return deadCode(builder.build(graph.outputs.map(({ name, value }) => ({ name, value: first(value) }))));
}

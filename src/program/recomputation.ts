/** Where a training step had better compute activations twice: the segments that need the least memory by estimate. */
import type { Graph, Value } from '../compiler/ir/graph.ts';
import { type Cut, cutsOf, recompute } from '../compiler/passes/recompute.ts';
import { estimateMemory } from './memory-estimate.ts';
import type { StateTensor } from './training-state.ts';

/** Into how many parts of about equal bytes it is tried to cut; the best number is about the root of the number of layers. */
const TRIED = [2, 3, 4, 6, 8, 12, 16];

/** The graph that keeps the activations between segments only; as it was where nothing is gained. */
export function leastMemory(graph: Graph, loss: Value, state: readonly StateTensor[]): Graph {
  const cuts = cutsOf(graph, loss);
  let best = { graph, bytes: estimateMemory({ graph, state }).step };
  for (const parts of TRIED) {
    const tried = recompute(graph, loss, evenly(cuts, parts));
    const bytes = estimateMemory({ graph: tried, state }).step;
    if (bytes < best.bytes) best = { graph: tried, bytes };
  }
  return best.graph;
}

/** Cuts after about each `parts`-th part of all bytes. */
function evenly(cuts: readonly Cut[], parts: number): readonly Cut[] {
  const total = cuts.at(-1)?.bytes ?? 0;
  let last = 0;
  return cuts.filter(({ bytes }) => {
    const far = bytes - last >= total / parts && bytes < total;
    if (far) last = bytes;
    return far;
  });
}

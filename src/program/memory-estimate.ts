/** How much memory a training step takes, told from its graph before anything runs. */
import type { Graph, Node, Value } from '../compiler/ir/graph.ts';
import { bytesOfType } from '../compiler/ops/shapes.ts';
import { rulesOf } from '../compiler/ops/table.ts';
import { type StateTensor, stateBytes } from './training-state.ts';

export interface MemoryEstimate {
  /** Bytes of weights, running statistics and what the optimizer keeps. */
  readonly state: number;
  /** The most bytes at one moment of a step of what it computes: activations, gradients, and what operators hold for themselves. */
  readonly step: number;
  /** What a process is to have free for the step on the native back end; docs/performance.md has it beside what processes took. */
  readonly total: number;
}

/** The native back end's own code and buffers, measured. */
const RUNTIME_BYTES = 90e6;
/** State goes in, comes out, is copied by onnxruntime-node, and waits once more for its memory to be collected. */
const STATE_COPIES = 4;

/** The memory of a step on ONNX Runtime's CPU back ends, which keep each value until its last use. */
export function estimateMemory(training: { readonly graph: Graph; readonly state: readonly StateTensor[] }): MemoryEstimate {
  const state = stateBytes(training.state);
  const overwritten = new Set(training.state.filter(({ overwritable }) => overwritable).map(({ output }) => output));
  const step = peakBytes(training.graph, overwritten);
  return { state, step, total: RUNTIME_BYTES + STATE_COPIES * state + step };
}

/**
 * The most bytes that values computed from inputs hold at one moment.
 * @param overwritten outputs that are written over an input
 */
function peakBytes(graph: Graph, overwritten: ReadonlySet<string>): number {
  const order = executionOrder(graph.nodes);
  const owner = buffersOf(order, graph);
  const readers = new Map<Value, number>();
  for (const node of order) for (const input of node.inputs) count(readers, owner.get(input), 1);
  const free = new Set<Value>();
  for (const { name, value } of graph.outputs) {
    const buffer = owner.get(value);
    count(readers, buffer, 1);
    if (buffer && overwritten.has(name)) free.add(buffer);
  }
  let live = 0;
  let peak = 0;
  for (const node of order) {
    const dying = new Set<Value>();
    for (const input of node.inputs) {
      const buffer = owner.get(input);
      if (buffer && count(readers, buffer, -1) === 0) dying.add(buffer);
    }
    const made = node.outputs.filter((output) => owner.get(output) === output && readers.has(output) && !free.has(output));
    const grown = made.reduce((sum, output) => sum + bytesOfType(output.type), 0);
    const shrunk = [...dying].filter((buffer) => !free.has(buffer)).reduce((sum, buffer) => sum + bytesOfType(buffer.type), 0);
    // Where the result fits into what dies here, element by element, it is written over it.
    const inPlace = made.length === 1 && [...dying].some((buffer) => sameSize(buffer, made[0] as Value)) && isElementwise(node);
    live += grown;
    peak = Math.max(peak, (inPlace ? live - grown : live) + rulesOf(node).cost(node).workspaceBytes);
    live -= shrunk;
  }
  return peak;
}

function count<K>(counts: Map<K, number>, key: K | undefined, by: number): number {
  if (key === undefined) return 0;
  const sum = (counts.get(key) ?? 0) + by;
  counts.set(key, sum);
  return sum;
}

function sameSize(a: Value, b: Value): boolean {
  return bytesOfType(a.type) === bytesOfType(b.type);
}

function isElementwise({ inputs, outputs }: Node): boolean {
  const shape = outputs[0]?.type.shape.join();
  return inputs.some(({ type }) => type.shape.join() === shape);
}

/** Whose memory a value stands in: its own, or that of the one it renames. Inputs, parameters and constants have none here. */
function buffersOf(nodes: readonly Node[], graph: Graph): ReadonlyMap<Value, Value> {
  const given = new Set([...graph.inputs, ...graph.parameters].map(({ value }) => value));
  const owner = new Map<Value, Value>();
  for (const node of nodes) {
    if (node.inputs.length === 0) continue;
    const renamed = rulesOf(node).cost(node).bytesMoved === 0 ? (node.inputs[0] as Value) : undefined;
    for (const output of node.outputs) {
      const buffer = renamed === undefined ? output : owner.get(renamed);
      if (buffer && !(renamed && given.has(renamed))) owner.set(output, buffer);
    }
  }
  return owner;
}

/**
 * The order in which ONNX Runtime runs nodes: depth first from the last node back, and of a node's inputs the one whose maker
 * stands last first (GraphViewer's default order).
 */
export function executionOrder(nodes: readonly Node[]): readonly Node[] {
  const place = new Map(nodes.map((node, i) => [node, i]));
  const maker = new Map<Value, Node>();
  for (const node of nodes) for (const output of node.outputs) maker.set(output, node);
  const makersOf = (node: Node): readonly Node[] => [...new Set(node.inputs.flatMap((input) => maker.get(input) ?? []))];
  const used = new Set(nodes.flatMap(makersOf));
  const stack = nodes.filter((node) => !used.has(node)).map((node) => ({ node, done: false }));
  const seen = new Set<Node>();
  const order: Node[] = [];
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { node, done } = entry;
    if (done) order.push(node);
    if (done || seen.has(node)) continue;
    seen.add(node);
    stack.push({ node, done: true });
    const before = makersOf(node).filter((other) => !seen.has(other));
    for (const other of before.sort((a, b) => (place.get(a) as number) - (place.get(b) as number))) {
      stack.push({ node: other, done: false });
    }
  }
  return order;
}

/** Which side of its kink an input of ReLU, ReLU6, hard sigmoid, hard swish or max pooling is on in a step of Ocelli's. */
import { expect } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import type { Graph, Node, Port, Value } from '../../src/compiler/ir/graph.ts';

type KinkNode = Node<'relu'> | Node<'clip'> | Node<'hardSigmoid'> | Node<'hardSwish'> | Node<'maxPool'>;

function isKink(node: Node): node is Node & KinkNode {
  return ['relu', 'clip', 'hardSigmoid', 'hardSwish', 'maxPool'].includes(node.op);
}

interface Kink {
  readonly node: KinkNode;
  /** What decides: of relu and clip what comes out, else what goes in. */
  readonly decides: Value;
}

/**
 * The kinks in the order of torch's forward run. Where relu works on what a pool gives (nn/layers/max-pool.ts), torch has relu first:
 * what goes into the pool decides both.
 */
function kinksOf(graph: Graph): readonly Kink[] {
  const nodes = graph.nodes.filter(isKink);
  const pools = new Map(nodes.flatMap((node) => (node.op === 'maxPool' ? [[node.outputs[0] as Value, node] as const] : [])));
  const pooledFirst = new Map(
    nodes.flatMap((node) => {
      const pool = node.op === 'relu' ? pools.get(node.inputs[0] as Value) : undefined;
      return pool ? [[pool as KinkNode, node] as const] : [];
    }),
  );
  const later = new Set(pooledFirst.values());
  return nodes.flatMap((node) => {
    if (later.has(node)) return [];
    const decides = (node.op === 'relu' || node.op === 'clip' ? node.outputs[0] : node.inputs[0]) as Value;
    const relu = pooledFirst.get(node);
    return [...(relu ? [{ node: relu, decides }] : []), { node, decides }];
  });
}

/** Outputs, to be added to a graph, from which `sidesOf` reads. */
export function kinkOutputs(graph: Graph): readonly Port[] {
  return kinksOf(graph).map(({ decides }, i) => ({ name: `kink:${i}`, value: decides }));
}

/** Where one kink is undecided. */
export interface Undecided {
  /** Of the kink's output, joined by commas. */
  readonly shape: string;
  /** Flat, in the kink's output. */
  readonly positions: readonly number[];
}

/**
 * The sides at given positions of every kink: whether a gradient passes; of hard swish 0 below -3, 1 up to 3, 2 above; and of pools
 * where in its plane the window's largest stands.
 * @param outputs of the step; `kink:<i>` among them
 * @param undecided torch's kinks, in the order of its run
 */
export function sidesOf(
  graph: Graph,
  outputs: Readonly<Record<string, Tensor>>,
  undecided: readonly Undecided[],
): readonly (readonly (boolean | number)[])[] {
  const kinks = kinksOf(graph);
  const shapes = kinks.map(({ node, decides }) =>
    (node.op === 'maxPool' ? (node.outputs[0] as Value) : decides).type.shape.join(),
  );
  expect(shapes, "kinks are to stand in the order of torch's run").toEqual(undecided.map(({ shape }) => shape));
  return kinks.map(({ node }, i) => {
    const data = outputs[`kink:${i}`]?.data as Float32Array;
    return (undecided[i] as Undecided).positions.map((position) => sideOf(node, data, position));
  });
}

function sideOf(node: KinkNode, data: Float32Array, position: number): boolean | number {
  if (node.op === 'maxPool') return placeOfLargest(node, data, position);
  const value = data[position] as number;
  if (node.op === 'hardSwish') return value < -3 ? 0 : value <= 3 ? 1 : 2;
  const [low, high] = node.op === 'clip' ? [node.attrs.min, node.attrs.max] : node.op === 'relu' ? [0, Infinity] : [-3, 3];
  return value > low && value < high;
}

function placeOfLargest({ inputs, outputs, attrs }: Node<'maxPool'>, x: Float32Array, position: number): number {
  const [height, width] = (inputs[0] as Value).type.shape.slice(2) as [number, number];
  const [rows, columns] = (outputs[0] as Value).type.shape.slice(2) as [number, number];
  const plane = Math.floor(position / (rows * columns)) * height * width;
  const top = Math.floor((position / columns) % rows) * (attrs.strides[0] as number) - (attrs.padsBegin[0] as number);
  const left = (position % columns) * (attrs.strides[1] as number) - (attrs.padsBegin[1] as number);
  let best = -1;
  for (let row = Math.max(top, 0); row < Math.min(top + (attrs.kernel[0] as number), height); row++) {
    for (let column = Math.max(left, 0); column < Math.min(left + (attrs.kernel[1] as number), width); column++) {
      const place = row * width + column;
      if (best < 0 || (x[plane + place] as number) > (x[plane + best] as number)) best = place;
    }
  }
  return best;
}

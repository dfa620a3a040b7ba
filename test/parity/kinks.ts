/** Which side of its kink an input of ReLU, ReLU6 or max pooling is on in a step of Ocelli's. */
import type { Tensor } from '../../src/base/tensor.ts';
import type { Graph, Node, Port, Value } from '../../src/compiler/ir/graph.ts';

type KinkNode = Node<'relu'> | Node<'clip'> | Node<'maxPool'>;

function isKink(node: Node): node is Node & KinkNode {
  return node.op === 'relu' || node.op === 'clip' || node.op === 'maxPool';
}

interface Kink {
  readonly node: KinkNode;
  /** What decides: what comes out, of pools what goes in. */
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
    const decides = (node.op === 'maxPool' ? node.inputs[0] : node.outputs[0]) as Value;
    const relu = pooledFirst.get(node);
    return [...(relu ? [{ node: relu, decides }] : []), { node, decides }];
  });
}

/** Outputs, to be added to a graph, from which `sidesOf` reads. */
export function kinkOutputs(graph: Graph): readonly Port[] {
  return kinksOf(graph).map(({ decides }, i) => ({ name: `kink:${i}`, value: decides }));
}

/**
 * The sides at given positions of every kink: whether a gradient passes, and of pools where in its plane the window's largest stands.
 * @param outputs of the step; `kink:<i>` among them
 * @param positions flat, in the kink's output
 */
export function sidesOf(
  graph: Graph,
  outputs: Readonly<Record<string, Tensor>>,
  positions: readonly (readonly number[])[],
): readonly (readonly (boolean | number)[])[] {
  const kinks = kinksOf(graph);
  if (kinks.length !== positions.length) throw new Error(`torch has ${positions.length} kinks, the graph ${kinks.length}`);
  return kinks.map(({ node }, i) => {
    const data = outputs[`kink:${i}`]?.data as Float32Array;
    return (positions[i] as readonly number[]).map((position) => {
      if (node.op === 'maxPool') return placeOfLargest(node as Node<'maxPool'>, data, position);
      const { min, max } = node.op === 'clip' ? (node as Node<'clip'>).attrs : { min: 0, max: Number.POSITIVE_INFINITY };
      const y = data[position] as number;
      return y > min && y < max;
    });
  });
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

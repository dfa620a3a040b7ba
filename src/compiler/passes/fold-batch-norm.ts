/**
 * Batch norms that follow a convolution become part of it:
 *
 *   s = weight / √(running_var + ε),   w' = w·s per output channel,   b' = (b − running_mean)·s + bias
 *
 * computed in float64 and rounded once, so the folded network is closer to the exact one than the original.
 */
import type { Tensor } from '../../base/tensor.ts';
import { float32 } from '../../base/tensor.ts';
import type { Graph, Node, Value } from '../ir/graph.ts';
import { deadCode } from './dead-code.ts';
import { rewrite } from './rewrite.ts';

export interface FoldedGraph {
  readonly graph: Graph;
  /** Values for all the graph's parameters: those that were given, without what is no longer used, and the folded ones. */
  readonly parameters: ReadonlyMap<string, Tensor>;
}

/** A convolution and the batch norm after it, with the keys of all they read. */
interface Pair {
  readonly conv: Node<'conv'>;
  readonly norm: Node<'batchNorm'>;
  readonly weight: string;
  readonly convBias: string | undefined;
  /** weight, bias, running mean, running variance. */
  readonly statistics: readonly [string, string, string, string];
}

/**
 * Folds every batch norm whose input is made by a convolution and read by nothing else: neither another node nor the
 * caller, as a feature. The rest stay as they are.
 *
 * @param parameters the values of the graph's parameters by name
 */
export function foldBatchNorm(graph: Graph, parameters: ReadonlyMap<string, Tensor>): FoldedGraph {
  const pairs = findPairs(graph, parameters);
  const values = new Map(parameters);
  const folded = new Map<string, Value>();
  const convs = new Set(pairs.map(({ conv }) => conv as Node));
  const norms = new Map<Node, Pair>(pairs.map((pair) => [pair.norm as Node, pair]));

  const rewritten = rewrite(graph, (node, to) => {
    const pair = norms.get(node);
    // A folded convolution is made where its batch norm stood.
    if (!pair) return convs.has(node) ? [to.of(node.inputs[0] as Value)] : undefined;
    const { conv, norm, weight, convBias, statistics } = pair;
    // Modules that are used twice are folded once.
    const key = [weight, convBias ?? '', ...statistics, norm.attrs.epsilon].join('|');
    const parameter = (name: string, make: () => Tensor): Value => {
      const known = folded.get(`${name}|${key}`);
      if (known) return known;
      const tensor = make();
      const unique = `${name}:${folded.size}`;
      values.set(unique, tensor);
      const value = to.builder.parameter(unique, tensor);
      folded.set(`${name}|${key}`, value);
      return value;
    };
    const scale = scalesOf(pair, parameters);
    const w = parameter(`folded:${weight}`, () => foldWeight(tensorOf(parameters, weight), scale));
    const b = parameter(`folded:${statistics[1]}`, () => foldBias(pair, parameters, scale));
    return [to.builder.inScope(conv.scope, () => to.builder.apply('conv', [to.of(conv.inputs[0] as Value), w, b], conv.attrs))];
  });
  const clean = deadCode(rewritten);
  return { graph: clean, parameters: new Map(clean.parameters.map(({ name }) => [name, tensorOf(values, name)])) };
}

function findPairs(graph: Graph, parameters: ReadonlyMap<string, Tensor>): Pair[] {
  const uses = new Map<Value, number>();
  const count = (value: Value): void => {
    uses.set(value, (uses.get(value) ?? 0) + 1);
  };
  for (const node of graph.nodes) node.inputs.forEach(count);
  for (const { value } of graph.outputs) count(value);
  const makers = new Map<Value, Node>(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const names = new Map(
    graph.parameters.filter(({ name }) => parameters.get(name)?.dtype === 'float32').map(({ name, value }) => [value, name]),
  );
  const pairs: Pair[] = [];
  for (const norm of graph.nodes) {
    if (!isOp(norm, 'batchNorm')) continue;
    const [x, ...rest] = norm.inputs as readonly [Value, ...Value[]];
    const conv = makers.get(x);
    if (!conv || !isOp(conv, 'conv') || uses.get(x) !== 1) continue;
    const [, weightValue, biasValue] = conv.inputs as readonly [Value, Value, Value?];
    const weight = names.get(weightValue);
    const convBias = biasValue && names.get(biasValue);
    const [scale, bias, mean, variance] = rest.map((value) => names.get(value));
    if (weight === undefined || (biasValue && convBias === undefined)) continue;
    if (scale === undefined || bias === undefined || mean === undefined || variance === undefined) continue;
    pairs.push({ conv, norm, weight, convBias, statistics: [scale, bias, mean, variance] });
  }
  return pairs;
}

function isOp<K extends Node['op']>(node: Node, op: K): node is Node<K> & Node {
  return node.op === op;
}

function tensorOf(values: ReadonlyMap<string, Tensor>, name: string): Tensor<'float32'> {
  return values.get(name) as Tensor<'float32'>;
}

/** s, one per output channel. */
function scalesOf({ norm, statistics }: Pair, values: ReadonlyMap<string, Tensor>): Float64Array {
  const weight = tensorOf(values, statistics[0]).data;
  const variance = tensorOf(values, statistics[3]).data;
  return Float64Array.from(weight, (w, c) => w / Math.sqrt((variance[c] as number) + norm.attrs.epsilon));
}

function foldWeight(weight: Tensor<'float32'>, scale: Float64Array): Tensor {
  const folded = new Float32Array(weight.data.length);
  const perChannel = folded.length / scale.length;
  for (let c = 0, i = 0; c < scale.length; c++) {
    const s = scale[c] as number;
    for (const end = i + perChannel; i < end; i++) folded[i] = (weight.data[i] as number) * s;
  }
  return float32(weight.shape, folded);
}

function foldBias({ convBias, statistics }: Pair, values: ReadonlyMap<string, Tensor>, scale: Float64Array): Tensor {
  const before = convBias === undefined ? undefined : tensorOf(values, convBias).data;
  const bias = tensorOf(values, statistics[1]).data;
  const mean = tensorOf(values, statistics[2]).data;
  const folded = Float32Array.from(scale, (s, c) => ((before?.[c] ?? 0) - (mean[c] as number)) * s + (bias[c] as number));
  return float32([scale.length], folded);
}

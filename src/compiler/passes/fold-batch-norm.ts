/**
 * Batch norms that follow a convolution become part of it:
 *
 *   s = weight / √(running_var + ε),   w' = w·s per output channel,   b' = (b − running_mean)·s + bias
 *
 * computed in float64 and rounded once, so the folded network is closer to the exact one than the original.
 */
import { computed, type DeferredTensor } from '../../base/deferred.ts';
import { float32, type Tensor } from '../../base/tensor.ts';
import type { Graph, Node, Value } from '../ir/graph.ts';
import { deadCode } from './dead-code.ts';
import { rewrite } from './rewrite.ts';

export interface FoldedGraph {
  readonly graph: Graph;
  /**
   * Values for all the graph's parameters: those that were given, without what is no longer used, and the folded ones,
   * which are computed when they are read.
   */
  readonly parameters: ParameterValues;
}

/** Values of a graph's parameters by name, at hand or to be read. */
export type ParameterValues = ReadonlyMap<string, Tensor | DeferredTensor>;

type Given = Tensor | DeferredTensor;

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
export function foldBatchNorm(graph: Graph, parameters: ParameterValues): FoldedGraph {
  const pairs = findPairs(graph, parameters);
  const values = new Map<string, Tensor | DeferredTensor>(parameters);
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
    const parameter = (name: string, tensor: DeferredTensor): Value => {
      const known = folded.get(`${name}|${key}`);
      if (known) return known;
      const unique = `${name}:${folded.size}`;
      values.set(unique, tensor);
      const value = to.builder.parameter(unique, tensor);
      folded.set(`${name}|${key}`, value);
      return value;
    };
    const { epsilon } = norm.attrs;
    const given = (name: string): Given => tensorOf(parameters, name);
    const [scale, bias, mean, variance] = statistics.map(given) as [Given, Given, Given, Given];
    const w = parameter(`folded:${weight}`, {
      dtype: 'float32',
      shape: given(weight).shape,
      read: () => computed([given(weight), scale, variance], (read) => foldWeight(read, epsilon, 'read' in given(weight))),
    });
    const before = convBias === undefined ? [] : [given(convBias)];
    const b = parameter(`folded:${statistics[1]}`, {
      dtype: 'float32',
      shape: bias.shape,
      read: () => computed([scale, variance, bias, mean, ...before], (read) => foldBias(read, epsilon)),
    });
    return [to.builder.inScope(conv.scope, () => to.builder.apply('conv', [to.of(conv.inputs[0] as Value), w, b], conv.attrs))];
  });
  const clean = deadCode(rewritten);
  return { graph: clean, parameters: new Map(clean.parameters.map(({ name }) => [name, tensorOf(values, name)])) };
}

function findPairs(graph: Graph, parameters: ParameterValues): Pair[] {
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

function tensorOf(values: ParameterValues, name: string): Given {
  return values.get(name) as Given;
}

/** s, one per output channel. */
function scalesOf(weight: Tensor, variance: Tensor, epsilon: number): Float64Array {
  return Float64Array.from(weight.data as Float32Array, (w, c) => w / Math.sqrt((variance.data[c] as number) + epsilon));
}

/**
 * From the convolution's weight, the batch norm's weight and its running variance.
 * @param inPlace writes into the convolution's weight
 */
function foldWeight(read: readonly Tensor[], epsilon: number, inPlace: boolean): Tensor {
  const [weight, normWeight, variance] = read as [Tensor, Tensor, Tensor];
  const scale = scalesOf(normWeight, variance, epsilon);
  const values = weight.data as Float32Array;
  const folded = inPlace ? values : new Float32Array(values.length);
  const perChannel = folded.length / scale.length;
  for (let c = 0, i = 0; c < scale.length; c++) {
    const s = scale[c] as number;
    for (const end = i + perChannel; i < end; i++) folded[i] = (values[i] as number) * s;
  }
  return float32(weight.shape, folded);
}

/** From the batch norm's weight, running variance, bias and running mean, and the convolution's bias where it has one. */
function foldBias(read: readonly Tensor[], epsilon: number): Tensor {
  const [weight, variance, bias, mean, before] = read as [Tensor, Tensor, Tensor, Tensor, Tensor?];
  const at = (tensor: Tensor | undefined, c: number): number => (tensor?.data[c] ?? 0) as number;
  const scale = scalesOf(weight, variance, epsilon);
  return float32(
    [scale.length],
    Float32Array.from(scale, (s, c) => (at(before, c) - at(mean, c)) * s + at(bias, c)),
  );
}

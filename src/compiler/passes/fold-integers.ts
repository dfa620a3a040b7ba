/**
 * Integers that are known when the graph is made (shapes, indices, sizes and arithmetic on them) become constants. What is
 * known may be symbolic: `shapeOf` of [N, 3] is (N, 3), and N·2 stays one dim to compute instead of a chain of nodes.
 */
import type { DType } from '../../base/dtype.ts';
import { elementCount, int64, type Tensor, tensor } from '../../base/tensor.ts';
import { addDims, type Dim, floorDivideDim, multiplyDims, subtractDims } from '../ir/dim.ts';
import type { Graph, Node, OpAttrs, OpName, Value } from '../ir/graph.ts';
import { deadCode } from './dead-code.ts';
import { type Rewriting, rewrite } from './rewrite.ts';

/** Values of at most this many elements are followed. */
const LIMIT = 64;

/** An integer value whose elements are known, in C order. */
interface Known {
  readonly shape: readonly number[];
  readonly dims: readonly Dim[];
}

type Rule<K extends OpName> = (attrs: OpAttrs[K], inputs: readonly Known[], node: Node) => Known | undefined;

/** Elementwise with broadcasting of a scalar or one-element list; undefined where an element cannot be told. */
function elementwise(
  combine: (a: Dim, b: Dim) => Dim | undefined,
): (attrs: unknown, inputs: readonly Known[]) => Known | undefined {
  return (_, [a, b]) => {
    if (!a || !b) return undefined;
    const wide = a.dims.length >= b.dims.length ? a : b;
    if (![a, b].every(({ dims, shape }) => dims.length === 1 || shape.join() === wide.shape.join())) return undefined;
    const shape = a.shape.length >= b.shape.length ? a.shape : b.shape;
    if (elementCount(shape) !== wide.dims.length) return undefined;
    const dims = wide.dims.map((_, i) => combine(at(a, i), at(b, i)));
    return dims.includes(undefined) ? undefined : { shape, dims: dims as Dim[] };
  };
}

function at(known: Known, i: number): Dim {
  return known.dims[known.dims.length === 1 ? 0 : i] as Dim;
}

function numeric(combine: (a: number, b: number) => number): (a: Dim, b: Dim) => Dim | undefined {
  return (a, b) => (typeof a === 'number' && typeof b === 'number' ? combine(a, b) : undefined);
}

function divide(a: Dim, b: Dim): Dim | undefined {
  if (typeof b !== 'number' || b <= 0) return undefined;
  if (typeof a === 'number') return Math.trunc(a / b);
  // ONNX divides towards zero, a dim is floored: the same only of what cannot be negative.
  return a.includes('-') ? undefined : floorDivideDim(a, b);
}

/** A list's elements at rising positions. */
function gatherRule({ axis }: OpAttrs['gather'], [x, indices]: readonly Known[]): Known | undefined {
  if (!x || !indices || x.shape.length !== 1 || (axis !== 0 && axis !== -1)) return undefined;
  const dims = indices.dims.map((i) => (typeof i === 'number' ? x.dims.at(i) : undefined));
  return dims.includes(undefined) ? undefined : { shape: indices.shape, dims: dims as Dim[] };
}

const rules: { readonly [K in OpName]?: Rule<K> } = {
  constant: ({ value }) => knownOf(value),
  shapeOf: (_, __, node) => {
    const { shape } = (node.inputs[0] as Value).type;
    return { shape: [shape.length], dims: shape };
  },
  dimSize: ({ dim }) => ({ shape: [], dims: [dim] }),
  cast: ({ to }, [x]) => (isInteger(to) ? x : undefined),
  reshape: ({ shape }, [x]) =>
    x && shape.every((dim) => typeof dim === 'number') ? { shape: shape as number[], dims: x.dims } : undefined,
  concat: (_, inputs) =>
    inputs.every(({ shape }) => shape.length === 1)
      ? { shape: [inputs.reduce((sum, { dims }) => sum + dims.length, 0)], dims: inputs.flatMap(({ dims }) => dims) }
      : undefined,
  gather: gatherRule,
  add: elementwise(addDims),
  sub: elementwise(subtractDims),
  mul: elementwise(multiplyDims),
  div: elementwise(divide),
  maximum: elementwise(numeric(Math.max)),
  minimum: elementwise(numeric(Math.min)),
};

function isInteger(dtype: DType): boolean {
  return dtype === 'int64' || dtype === 'int32';
}

function knownOf(value: Tensor): Known | undefined {
  if (!isInteger(value.dtype) || value.data.length > LIMIT) return undefined;
  return { shape: value.shape, dims: Array.from(value.data as ArrayLike<number | bigint>, Number) };
}

/** False for numbers that a double or the element type cannot hold: back ends wrap them round. */
function holds(dtype: DType, { dims }: Known): boolean {
  const exact = (dim: number): boolean => (dtype === 'int32' ? dim === (dim | 0) : Number.isSafeInteger(dim));
  return dims.every((dim) => typeof dim !== 'number' || exact(dim));
}

/** Replaces integer values of at most 64 elements that are known by constants, or by the dims they are. */
export function foldIntegers(graph: Graph): Graph {
  const known = new Map<Value, Known>();
  const folded = rewrite(graph, (node, to) => {
    const output = node.outputs[0];
    if (!output || node.outputs.length !== 1 || !isInteger(output.type.dtype)) return undefined;
    const inputs = node.op === 'shapeOf' ? [] : node.inputs.map((input) => known.get(input));
    if (inputs.includes(undefined)) return undefined;
    const rule = rules[node.op] as Rule<OpName> | undefined;
    const result = rule?.(node.attrs as never, inputs as Known[], node);
    if (!result || result.dims.length > LIMIT || !holds(output.type.dtype, result)) return undefined;
    known.set(output, result);
    return node.op === 'constant' || node.op === 'dimSize' ? undefined : written(result, output.type.dtype, to);
  });
  return deadCode(folded);
}

/** A known value as a constant, or as a lone symbolic dim; undefined when it is neither and the node had better stay. */
function written({ shape, dims }: Known, dtype: DType, { builder }: Rewriting): readonly Value[] | undefined {
  const numbers = dims.filter((dim) => typeof dim === 'number');
  if (numbers.length === dims.length) {
    const value = dtype === 'int64' ? int64(shape, numbers) : tensor('int32', shape, Int32Array.from(numbers));
    return [builder.apply('constant', [], { value })];
  }
  if (dims.length !== 1 || dtype !== 'int64') return undefined;
  const size = builder.apply('dimSize', [], { dim: dims[0] as Dim });
  return [shape.length === 0 ? size : builder.apply('reshape', [size], { shape })];
}

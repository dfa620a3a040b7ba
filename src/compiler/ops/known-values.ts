/**
 * What is known of small values when a graph is made: shapes, sizes, bounds, and arithmetic on them. What is known of an integer
 * may be symbolic: the shape of [N, 3] is (N, 3), and N·2 stays one dim instead of a chain of nodes.
 */
import { type DType, dtypes } from '../../base/dtype.ts';
import { elementCount, type Tensor } from '../../base/tensor.ts';
import { addDims, type Dim, floorDivideDim, multiplyDims, subtractDims } from '../ir/dim.ts';
import type { Node, OpName, Value } from '../ir/graph.ts';

/** Values of at most this many elements are followed. */
export const KNOWN_LIMIT = 64;

/** A value whose elements are known, in C order: numbers (booleans 0 or 1), or expressions in named dims, which are integers. */
export interface Known {
  readonly shape: readonly number[];
  readonly elements: readonly Dim[];
}

type Rule<K extends OpName> = (node: Node<K>, inputs: readonly Known[]) => Known | undefined;

/** Elementwise with broadcasting of a scalar or one-element list; undefined where an element cannot be told. */
function elementwise(combine: (elements: readonly Dim[], dtype: DType) => Dim | undefined) {
  return (node: Node, inputs: readonly Known[]): Known | undefined => {
    const wide = inputs.reduce((a, b) => (b.elements.length > a.elements.length ? b : a));
    if (!inputs.every(({ elements, shape }) => elements.length === 1 || shape.join() === wide.shape.join())) return undefined;
    const { shape } = inputs.reduce((a, b) => (b.shape.length > a.shape.length ? b : a), wide);
    if (elementCount(shape) !== wide.elements.length) return undefined;
    const dtype = (node.inputs.at(-1) as Value).type.dtype;
    const elements = wide.elements.map((_, i) => {
      const operands = inputs.map((known) => at(known, i));
      return combine(operands, dtype);
    });
    return elements.includes(undefined) ? undefined : { shape, elements: elements as Dim[] };
  };
}

function at(known: Known, i: number): Dim {
  return known.elements[known.elements.length === 1 ? 0 : i] as Dim;
}

/** Arithmetic that is symbolic where both sides are integers. */
function arithmetic(symbolic: (a: Dim, b: Dim) => Dim | undefined, numeric: (a: number, b: number) => number) {
  return elementwise(([a, b], dtype) => {
    if (typeof a === 'number' && typeof b === 'number' && dtypes[dtype].floating) return rounded(numeric(a, b), dtype);
    const whole = [a, b].every((side) => typeof side === 'string' || Number.isInteger(side));
    return whole ? symbolic(a as Dim, b as Dim) : undefined;
  });
}

function rounded(value: number, dtype: DType): number {
  return dtype === 'float32' ? Math.fround(value) : value;
}

/** Of numbers alone. */
function numeric(combine: (...elements: number[]) => number) {
  return elementwise((elements) => (elements.every((side) => typeof side === 'number') ? combine(...elements) : undefined));
}

function divide(a: Dim, b: Dim): Dim | undefined {
  if (typeof b !== 'number' || b <= 0) return undefined;
  if (typeof a === 'number') return Math.trunc(a / b);
  // ONNX divides towards zero, a dim is floored: the same only of what cannot be negative.
  return a.includes('-') ? undefined : floorDivideDim(a, b);
}

/** Whether two elements are the same, where that can be told: no size is negative. */
function same([a, b]: readonly Dim[]): number | undefined {
  if (a === b) return 1;
  if (typeof a === 'number' && typeof b === 'number') return 0;
  const [name, other] = typeof a === 'string' ? [a, b] : [b as string, a];
  return typeof other === 'number' && other < 0 && !name.includes('-') ? 0 : undefined;
}

/** A list's elements at given places. */
function gatherRule(node: Node<'gather'>, [x, indices]: readonly Known[]): Known | undefined {
  const { axis } = node.attrs;
  if (!x || !indices || x.shape.length !== 1 || (axis !== 0 && axis !== -1)) return undefined;
  const elements = indices.elements.map((i) => (typeof i === 'number' ? x.elements.at(i) : undefined));
  return elements.includes(undefined) ? undefined : { shape: indices.shape, elements: elements as Dim[] };
}

/** A part of a list. */
function sliceRule(node: Node<'slice'>, [x]: readonly Known[]): Known | undefined {
  const { starts, ends, steps } = node.attrs;
  const [start, end, step] = [starts[0], ends[0], steps[0]];
  if (x?.shape.length !== 1 || starts.length !== 1 || step !== 1) return undefined;
  if (typeof start !== 'number' || typeof end !== 'number') return undefined;
  const elements = x.elements.slice(start, end);
  return { shape: [elements.length], elements };
}

function reshaped(node: Node, [x]: readonly Known[]): Known | undefined {
  const { shape } = (node.outputs[0] as Value).type;
  return x && shape.every((dim) => typeof dim === 'number') ? { shape, elements: x.elements } : undefined;
}

function expandRule(node: Node<'expand'>, [x]: readonly Known[]): Known | undefined {
  const { shape } = node.attrs;
  if (x?.elements.length !== 1 || !shape.every((dim) => typeof dim === 'number')) return undefined;
  const count = elementCount(shape);
  return count <= KNOWN_LIMIT ? { shape, elements: new Array<Dim>(count).fill(x.elements[0] as Dim) } : undefined;
}

function castRule(node: Node<'cast'>, [x]: readonly Known[]): Known | undefined {
  const { to } = node.attrs;
  if (!x || to === 'float16' || to === 'bfloat16') return undefined;
  const convert = (element: Dim): Dim => {
    if (typeof element === 'string') return element;
    if (to === 'bool') return element === 0 ? 0 : 1;
    return dtypes[to].floating ? rounded(element, to) : Math.trunc(element);
  };
  if (to === 'bool' && x.elements.some((element) => typeof element === 'string')) return undefined;
  return { shape: x.shape, elements: x.elements.map(convert) };
}

const rules: { readonly [K in OpName]?: Rule<K> } = {
  constant: (node) => knownTensor(node.attrs.value),
  shapeOf: (node) => {
    const { shape } = (node.inputs[0] as Value).type;
    return { shape: [shape.length], elements: shape };
  },
  dimSize: (node) => ({ shape: [], elements: [node.attrs.dim] }),
  range: ({ attrs: { length } }) =>
    typeof length === 'number' && length <= KNOWN_LIMIT
      ? { shape: [length], elements: Array.from({ length }, (_, i) => i) }
      : undefined,
  cast: castRule,
  reshape: reshaped,
  expand: expandRule,
  concat: (_, inputs) =>
    inputs.every(({ shape }) => shape.length === 1)
      ? {
          shape: [inputs.reduce((sum, { elements }) => sum + elements.length, 0)],
          elements: inputs.flatMap(({ elements }) => elements),
        }
      : undefined,
  gather: gatherRule,
  slice: sliceRule,
  add: arithmetic(addDims, (a, b) => a + b),
  sub: arithmetic(subtractDims, (a, b) => a - b),
  mul: arithmetic(multiplyDims, (a, b) => a * b),
  div: arithmetic(divide, (a, b) => a / b),
  maximum: numeric(Math.max),
  minimum: numeric(Math.min),
  neg: numeric((a) => -a),
  floor: elementwise(([a]) => (typeof a === 'number' ? Math.floor(a) : a)),
  ceil: elementwise(([a]) => (typeof a === 'number' ? Math.ceil(a) : a)),
  equal: elementwise(same),
  not: numeric((a) => 1 - a),
  where: elementwise(([condition, a, b]) => (typeof condition === 'number' ? (condition ? a : b) : undefined)),
};

/** The elements of a small tensor; undefined for a large one and for halves. */
export function knownTensor(value: Tensor): Known | undefined {
  if (value.data.length > KNOWN_LIMIT || value.dtype === 'float16' || value.dtype === 'bfloat16') return undefined;
  return { shape: value.shape, elements: Array.from(value.data as ArrayLike<number | bigint>, Number) };
}

/** False for numbers that a double or the element type cannot hold: back ends wrap them round. */
function holds(dtype: DType, { elements }: Known): boolean {
  if (dtypes[dtype].floating) return true;
  const exact = (element: number): boolean => (dtype === 'int32' ? element === (element | 0) : Number.isSafeInteger(element));
  return elements.every((element) => typeof element !== 'number' || exact(element));
}

/** What is known of a node's only output, from what is known of its inputs. */
export function knownOutput(node: Node, known: (value: Value) => Known | undefined): Known | undefined {
  const rule = rules[node.op] as Rule<OpName> | undefined;
  const output = node.outputs[0];
  if (!rule || !output || node.outputs.length !== 1) return undefined;
  const inputs = node.op === 'shapeOf' ? [] : node.inputs.map(known);
  if (inputs.includes(undefined)) return undefined;
  const result = rule(node, inputs as Known[]);
  return result && result.elements.length <= KNOWN_LIMIT && holds(output.type.dtype, result) ? result : undefined;
}

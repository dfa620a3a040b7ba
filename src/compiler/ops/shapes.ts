/** What shape rules and gradients share: checks, broadcasting, static dims, and the usual costs. */
import { dtypes } from '../../base/dtype.ts';
import { OcelliError } from '../../base/errors.ts';
import type { Builder } from '../ir/builder.ts';
import { type Dim, describeType, type Node, type TensorType, type Value } from '../ir/graph.ts';
import type { Cost } from './rules.ts';

export function fail(message: string): never {
  throw new OcelliError('shape', message);
}

/** The inputs, once their count is right. */
export function expectInputs(inputs: readonly TensorType[], atLeast: number, atMost: number = atLeast): readonly TensorType[] {
  if (inputs.length < atLeast || inputs.length > atMost) {
    const range = atLeast === atMost ? `${atLeast}` : `${atLeast} to ${atMost}`;
    fail(`takes ${range} inputs, ${inputs.length} came`);
  }
  return inputs;
}

/** The only input. */
export function onlyInput(inputs: readonly TensorType[]): TensorType {
  return expectInputs(inputs, 1)[0] as TensorType;
}

export function expectFloat(type: TensorType): void {
  if (!dtypes[type.dtype].floating) fail(`takes floating point, ${describeType(type)} came`);
}

export function expectSameDtype(a: TensorType, b: TensorType): void {
  if (a.dtype !== b.dtype) fail(`takes equal element types, ${describeType(a)} and ${describeType(b)} came`);
}

/** The axis as a number from 0, also when it counts from the end. */
export function normalizeAxis(axis: number, rank: number): number {
  const from0 = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || from0 < 0 || from0 >= rank) fail(`axis ${axis} does not exist in rank ${rank}`);
  return from0;
}

/** Axes as rising numbers from 0, each once. */
export function normalizeAxes(axes: readonly number[], rank: number): readonly number[] {
  const sorted = axes.map((axis) => normalizeAxis(axis, rank)).sort((a, b) => a - b);
  if (new Set(sorted).size !== sorted.length) fail(`axes [${axes.join(', ')}] name one axis twice`);
  return sorted;
}

/** NumPy's broadcasting of two shapes. A named dim broadcasts with itself and with 1. */
export function broadcastShapes(a: readonly Dim[], b: readonly Dim[]): readonly Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - (rank - a.length)] ?? 1;
    const y = b[i - (rank - b.length)] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    return fail(`shapes [${a.join(', ')}] and [${b.join(', ')}] do not broadcast: ${x} against ${y}`);
  });
}

/** Sums a gradient over the axes along which `type` was broadcast, and gives it that shape. */
export function unbroadcast(gradient: Value, type: TensorType, builder: Builder): Value {
  const from = gradient.type.shape;
  const lead = from.length - type.shape.length;
  const axes = from.flatMap((dim, i) => (i < lead || (type.shape[i - lead] === 1 && dim !== 1) ? [i] : []));
  if (axes.length === 0) return gradient;
  const sum = builder.apply('sum', [gradient], { axes, keepDims: true });
  return lead === 0 ? sum : builder.apply('reshape', [sum], { shape: type.shape });
}

/** The shape as numbers. @throws shape when a dim is named */
export function staticShape(shape: readonly Dim[], why: string): readonly number[] {
  return shape.map((dim) => (typeof dim === 'number' ? dim : fail(`${why} needs static dims, "${dim}" is named`)));
}

/** The dim as a number. @throws shape when it is named */
export function staticDim(dim: Dim | undefined, why: string): number {
  return staticShape([dim ?? fail(`${why}: there is no such dim`)], why)[0] as number;
}

/** Elements of a static value. */
export function elements(type: TensorType): number {
  return staticShape(type.shape, 'counting').reduce((product, dim) => product * dim, 1);
}

/** Bytes of a static value. */
export function bytesOfType(type: TensorType): number {
  return elements(type) * dtypes[type.dtype].size;
}

function bytes(values: readonly Value[]): number {
  return values.reduce((sum, { type }) => sum + bytesOfType(type), 0);
}

/** The cost of reading all inputs and writing all outputs once, with this many multiply-adds. */
export function costOf(node: Pick<Node, 'inputs' | 'outputs'>, multiplyAdds = 0): Cost {
  return { multiplyAdds, bytesMoved: bytes(node.inputs) + bytes(node.outputs), workspaceBytes: 0 };
}

/** The same for an operator that is lowered to several ONNX nodes, which pass on values as large as the largest they read. */
export function costOfSeveral(node: Pick<Node, 'inputs' | 'outputs'>, multiplyAdds = 0): Cost {
  return { ...costOf(node, multiplyAdds), workspaceBytes: 2 * Math.max(...node.inputs.map(({ type }) => bytesOfType(type))) };
}

/** The cost of what only renames memory. */
export const free: Cost = { multiplyAdds: 0, bytesMoved: 0, workspaceBytes: 0 };

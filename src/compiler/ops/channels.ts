/** Lowerings of per-channel work on values [N, C, ...spatial]: sums, products summed, vectors beside spatial axes. */
import { productOfDims } from '../ir/dim.ts';
import { type Dim, describeType, type TensorType } from '../ir/graph.ts';
import type { Lowering } from './rules.ts';
import { expectFloat, expectSameDtype, fail, staticShape } from './shapes.ts';

/** Below this many positions in a row, a product and a sum beat one dot product a row (docs/lowerings.md). */
const LONG_ROW = 512;

/** Checks that each of `vectors` is one number a channel of x. */
export function expectChannelVectors(x: TensorType, vectors: readonly TensorType[]): void {
  expectFloat(x);
  if (x.shape.length < 2) fail(`takes [N, C, ...spatial], ${describeType(x)} came`);
  for (const vector of vectors) {
    expectSameDtype(x, vector);
    if (vector.shape.length !== 1 || vector.shape[0] !== x.shape[1]) {
      fail(`takes vectors of shape [${x.shape[1]}] beside ${describeType(x)}, ${describeType(vector)} came`);
    }
  }
}

/** The type of one number a channel. */
export function channelVector(x: TensorType): TensorType {
  return { dtype: x.dtype, shape: [x.shape[1] as Dim] };
}

/** All axes but the channels'. */
export function allButChannels(rank: number): readonly number[] {
  return Array.from({ length: rank }, (_, i) => i).filter((i) => i !== 1);
}

/** A [C] value as one that broadcasts against [N, C, ...spatial]. */
export function besideSpatial(to: Lowering, vector: string, rank: number): string {
  return rank === 2 ? vector : to.emit('Reshape', [vector, to.ints([-1, ...new Array<number>(rank - 2).fill(1)])]);
}

/** Σ over batch and space of each channel, [C]. Rows first, then pictures: on the CPU faster than all axes at once. */
export function lowerChannelSum(to: Lowering, x: string, type: TensorType): string {
  const rank = type.shape.length;
  if (rank === 2 || to.target === 'webgpu') return to.emit('ReduceSum', [x, to.ints(allButChannels(rank))], { keepdims: 0 });
  const rows = to.emit('Reshape', [x, to.ints([0, 0, -1])]);
  return to.emit('ReduceSum', [to.emit('ReduceSum', [rows, to.ints([2])], { keepdims: 0 }), to.ints([0])], { keepdims: 0 });
}

/** True when the sum of a product over rows of the spatial axes is best taken as dot products, which write no product. */
export function useDots(to: Lowering, type: TensorType): boolean {
  if (to.target !== 'cpu' || to.portable || type.dtype !== 'float32') return false;
  const positions = productOfDims(type.shape.slice(2));
  return typeof positions === 'number' && typeof type.shape[1] === 'number' && positions >= LONG_ROW;
}

/** Σ over space of a · b for each picture and channel, [N, C]. */
export function lowerRowDots(to: Lowering, a: string, b: string, type: TensorType): string {
  if (!useDots(to, type)) {
    const product = to.emit('Mul', [a, b]);
    return to.emit('ReduceSum', [to.emit('Reshape', [product, to.ints([0, 0, -1])]), to.ints([2])], { keepdims: 0 });
  }
  const [C, ...spatial] = staticShape(type.shape.slice(1), 'a row of dot products') as [number, ...number[]];
  const positions = spatial.reduce((x, y) => x * y, 1);
  const rows = (name: string): string => to.emit('Reshape', [name, to.ints([-1, 1, positions])]);
  const dots = to.emit('com.microsoft.FusedMatMul', [rows(a), rows(b)], { transB: 1 });
  return to.emit('Reshape', [dots, to.ints([-1, C])]);
}

/** Σ over batch and space of a · b for each channel, [C]. */
export function lowerChannelDot(to: Lowering, a: string, b: string, type: TensorType): string {
  if (type.shape.length === 2) return to.emit('ReduceSum', [to.emit('Mul', [a, b]), to.ints([0])], { keepdims: 0 });
  return to.emit('ReduceSum', [lowerRowDots(to, a, b, type), to.ints([0])], { keepdims: 0 });
}

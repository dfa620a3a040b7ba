/** Resampling along one axis of static size as ONNX's Resize defines it: where each element looks, and with which weights. */
import { float32 } from '../../base/tensor.ts';
import { productOfDims } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import * as f from './functions.ts';
import { LONGEST } from './read-helpers.ts';
import type { OnnxNode } from './reading.ts';

/** Where result element i of `out` looks in an axis of `length`, before it is clamped to the axis. */
export type Coordinates = 'asymmetric' | 'half_pixel' | 'align_corners';

/** What the attributes of a Resize say. */
export interface Sampling {
  readonly kernel: 'nearest' | 'linear' | 'cubic';
  readonly coordinates: string;
  readonly rounding: string;
  /** The cubic kernel's coefficient. */
  readonly cubic: number;
  /** When reducing, kernels are stretched so that they see every element. */
  readonly antialias: boolean;
  /** Weights outside the axis count nothing; else they count for the border. The others are made to add up to 1. */
  readonly excludeOutside: boolean;
}

/** An axis of `from` elements that becomes one of `to`. */
export interface AxisMap {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

/** Where element i looks. */
function place(node: OnnxNode, i: number, { from, to, scale }: AxisMap, coordinates: string): number {
  switch (coordinates) {
    case 'half_pixel':
      return (i + 0.5) / scale - 0.5;
    case 'pytorch_half_pixel':
      return to > 1 ? (i + 0.5) / scale - 0.5 : 0;
    case 'tf_half_pixel_for_nn':
      return (i + 0.5) / scale;
    case 'align_corners':
      return to > 1 ? (i * (from - 1)) / (to - 1) : 0;
    case 'asymmetric':
      return i / scale;
    default:
      return node.refuse(`has coordinate_transformation_mode "${coordinates}"`);
  }
}

/** The element that element i is a copy of. */
export function nearestPlace(node: OnnxNode, i: number, map: AxisMap, { coordinates, rounding }: Sampling): number {
  const at = place(node, i, map, coordinates);
  const rounded = {
    floor: Math.floor(at),
    ceil: Math.ceil(at),
    round_prefer_floor: Math.ceil(at - 0.5),
    round_prefer_ceil: Math.floor(at + 0.5),
  }[rounding];
  return Math.min(Math.max(rounded ?? node.refuse(`has nearest_mode "${rounding}"`), 0), map.from - 1);
}

/** Keys' cubic convolution ("Cubic convolution interpolation for digital image processing", 1981, eq. 15) with any coefficient. */
function cubic(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/** The weights of all elements, [to, from] in C order. */
function weights(node: OnnxNode, map: AxisMap, sampling: Sampling): Float32Array {
  const { from, to, scale } = map;
  if (!(from * to <= LONGEST)) node.refuse(`resizes ${from} elements to ${to}, which is too much for a matrix of weights`);
  const stretch = sampling.antialias ? Math.max(1 / scale, 1) : 1;
  const support = (sampling.kernel === 'cubic' ? 2 : 1) * stretch;
  const kernel = (x: number): number => (sampling.kernel === 'cubic' ? cubic(x, sampling.cubic) : Math.max(1 - Math.abs(x), 0));
  const matrix = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const at = place(node, i, map, sampling.coordinates);
    let sum = 0;
    for (let p = Math.ceil(at - support); p <= Math.floor(at + support); p++) {
      if (sampling.excludeOutside && (p < 0 || p >= from)) continue;
      const weight = kernel((p - at) / stretch);
      const inside = i * from + Math.min(Math.max(p, 0), from - 1);
      matrix[inside] = (matrix[inside] as number) + weight;
      sum += weight;
    }
    for (let p = i * from; p < (i + 1) * from; p++) matrix[p] = (matrix[p] as number) / sum;
  }
  return Float32Array.from(matrix);
}

/** The product of the matrix of weights and x along an axis. */
export function resampleAlong(node: OnnxNode, x: Value, axis: number, map: AxisMap, sampling: Sampling): Value {
  const { shape, dtype } = x.type;
  const matrix = f.cast(f.constant(node.builder, float32([map.to, map.from], weights(node, map, sampling))), dtype);
  if (axis === shape.length - 1) return f.matmul(x, matrix, { transB: true });
  const flat = f.reshape(x, [...shape.slice(0, axis + 1), productOfDims(shape.slice(axis + 1))]);
  return f.reshape(f.matmul(matrix, flat), [...shape.slice(0, axis), map.to, ...shape.slice(axis + 1)]);
}

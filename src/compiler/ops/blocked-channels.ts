/** Per-channel work on blocked values [N, C, H, W]: one pass for a scale, a shift and what follows, sums and sums of products. */
import { float32 } from '../../base/tensor.ts';
import { type Afterwards, BLOCKED, blockedChannels, blockSize } from './blocked.ts';
import type { Lowering, OnnxAttr } from './rules.ts';

/** The static sizes of a blocked value; C is of whole blocks. */
export interface BlockedSizes {
  readonly N: number;
  readonly C: number;
  readonly H: number;
  readonly W: number;
}

/** The sizes of a plain shape once it is blocked. */
export function blockedSizes(to: Lowering, shape: readonly number[]): BlockedSizes {
  const [N, C, H, W] = shape as [number, number, number, number];
  return { N, C: blockedChannels(to, C), H, W };
}

/** One number a channel, [C], with zeros for the channels that fill the last block. */
export function wholeVector(to: Lowering, vector: string, channels: number): string {
  const missing = blockedChannels(to, channels) - channels;
  return missing === 0 ? vector : to.emit('Pad', [vector, to.ints([0, missing])]);
}

/** The first `channels` of a vector of whole blocks. */
export function ownChannels(to: Lowering, vector: string, channels: number): string {
  if (blockedChannels(to, channels) === channels) return vector;
  return to.emit('Slice', [vector, to.ints([0]), to.ints([channels]), to.ints([0]), to.ints([1])]);
}

/** `count` equal numbers. */
export function filledVector(to: Lowering, count: number, value: number): string {
  const key = `filled ${count} ${value}`;
  const known = to.notes.get(key);
  if (known !== undefined) return known;
  const name = to.constant(float32([count], new Array<number>(count).fill(value)));
  to.notes.set(key, name);
  return name;
}

/** x · scale + shift, channel by channel, and what is to follow, in one pass: a depthwise convolution of one element. */
export function blockedAffine(
  to: Lowering,
  x: string,
  channels: number,
  scale: string,
  shift: string | undefined,
  { sum, activation }: Afterwards = {},
): string {
  const weight = to.emit('Reshape', [scale, to.ints([channels, 1, 1, 1])]);
  const rest = sum === undefined ? (shift === undefined ? [] : [shift]) : [shift ?? '', sum];
  const attrs: Record<string, OnnxAttr> = { kernel_shape: [1, 1], group: channels };
  if (activation !== undefined) attrs.activation = activation;
  return to.emit(`${BLOCKED}.Conv`, [x, weight, ...rest], attrs);
}

/** Σ over batch and space of each channel, [C]: rows are averaged first, then added up. */
export function blockedSums(to: Lowering, x: string, { N, C, H, W }: BlockedSizes): string {
  const rows = to.emit(`${BLOCKED}.AveragePool`, [x], { kernel_shape: [1, W] });
  return to.emit('Mul', [overRows(to, rows, { N, C, H, W }), to.scalar(W)]);
}

/** Σ over batch and space of a · b for each channel, [C]. */
export function blockedDots(to: Lowering, a: string, b: string, sizes: BlockedSizes): string {
  return overRows(to, rowProducts(to, a, b, sizes), sizes);
}

/** Σ over space of a · b for each picture and channel, [N · C]. */
export function blockedPictureDots(to: Lowering, a: string, b: string, { N, C, H, W }: BlockedSizes): string {
  const block = blockSize(to);
  const rows = to.emit('Reshape', [rowProducts(to, a, b, { N, C, H, W }), to.ints([(N * C) / block, H, block])]);
  return to.emit('Reshape', [to.emit('ReduceSum', [rows, to.ints([1])], { keepdims: 0 }), to.ints([N * C])]);
}

/** Dot products of rows: a depthwise convolution in which every row is a channel and its own kernel; nothing is written but sums. */
function rowProducts(to: Lowering, a: string, b: string, { N, C, H, W }: BlockedSizes): string {
  const rows = N * C * H;
  const pictures = to.emit('Reshape', [a, to.ints([1, rows, 1, W])]);
  const kernels = to.emit('Reshape', [b, to.ints([rows, 1, 1, W])]);
  return to.emit(`${BLOCKED}.Conv`, [pictures, kernels], { kernel_shape: [1, W], group: rows });
}

/** Adds up one number a picture, channel and row, blocked, to [C]. */
function overRows(to: Lowering, rows: string, { N, C, H }: BlockedSizes): string {
  const block = blockSize(to);
  const split = to.emit('Reshape', [rows, to.ints([N, C / block, H, block])]);
  return to.emit('Reshape', [to.emit('ReduceSum', [split, to.ints([0, 2])], { keepdims: 0 }), to.ints([C])]);
}

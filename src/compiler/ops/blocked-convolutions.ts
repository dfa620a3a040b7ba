/** Convolutions in ONNX Runtime's blocked layout: their weights, and how the gradient of a strided one's input is put together. */
import { BLOCKED, blockedChannels, blockSize, fromBlocks, toBlocks } from './blocked.ts';
import type { Lowering } from './rules.ts';
import { onnxWindows, padOrCrop, repeat, reversed, type WindowAttrs } from './windows.ts';

type Channels = readonly [out: number, into: number];

const product = (numbers: readonly number[]): number => numbers.reduce((a, b) => a * b, 1);

/** The weight [K, C, ...kernel] with zeros for the channels that fill the last blocks. */
function wholeWeight(to: Lowering, weight: string, [K, C]: Channels, [wholeK, wholeC]: Channels, rank: number): string {
  if (K === wholeK && C === wholeC) return weight;
  const none = repeat(0, rank);
  return to.emit('Pad', [weight, to.ints([0, 0, ...none, wholeK - K, wholeC - C, ...none])]);
}

/**
 * The weight [K, C, ...kernel] of a dense convolution, blocked: [K / block, C / block, ...kernel, block of C, block of K]; where there
 * are fewer input channels than a block has, [K / block, C, ...kernel, block of K].
 */
export function denseFilter(to: Lowering, weight: string, channels: Channels, kernel: readonly number[]): string {
  const block = blockSize(to);
  const taps = product(kernel);
  const K = blockedChannels(to, channels[0]);
  const C = channels[1] < block ? channels[1] : blockedChannels(to, channels[1]);
  const whole = wholeWeight(to, weight, channels, [K, C], kernel.length);
  const outBlocked = to.emit(`${BLOCKED}.ReorderInput`, [to.emit('Reshape', [whole, to.ints([1, K, C, taps])])]);
  if (C < block || taps === 1) return to.emit('Reshape', [outBlocked, to.ints([K, C, ...kernel])]);
  const byChannel = to.emit('Reshape', [outBlocked, to.ints([(K / block) * (C / block), block, taps, block])]);
  const byTap = to.emit('Transpose', [byChannel], { perm: [0, 2, 1, 3] });
  return to.emit('Reshape', [byTap, to.ints([K, C, ...kernel])]);
}

/** The weight [K, C, ...kernel] with its channels swapped, blocked: [(C / block) · (K / block), taps, block of K · block of C]. */
function swappedFilter(to: Lowering, weight: string, channels: Channels, kernel: readonly number[]): string {
  const block = blockSize(to);
  const taps = product(kernel);
  const [K, C] = [blockedChannels(to, channels[0]), blockedChannels(to, channels[1])];
  const whole = wholeWeight(to, weight, channels, [K, C], kernel.length);
  const inBlocked = to.emit(`${BLOCKED}.ReorderInput`, [to.emit('Reshape', [whole, to.ints([K, C, taps, 1])])]);
  const split = to.emit('Reshape', [inBlocked, to.ints([K / block, block, C / block, taps, block])]);
  const swapped = to.emit('Transpose', [split], { perm: [2, 0, 3, 1, 4] });
  return to.emit('Reshape', [swapped, to.ints([(C / block) * (K / block), taps, block * block])]);
}

/** The weight [K, C, ...kernel] turned for the way back, blocked: channels swapped, the kernel's elements in reverse order. */
export function turnedFilter(to: Lowering, weight: string, channels: Channels, kernel: readonly number[]): string {
  const swapped = swappedFilter(to, weight, channels, kernel);
  const turned = product(kernel) === 1 ? swapped : reversed(to, swapped, 1);
  const [K, C] = channels.map((count) => blockedChannels(to, count)) as [number, number];
  return to.emit('Reshape', [turned, to.ints([C, K, ...kernel])]);
}

/** A dense convolution of a filter made by `denseFilter` or `turnedFilter`, blocked values in and out. */
export function blockedDense(to: Lowering, inputs: readonly string[], kernel: readonly number[], attrs: WindowAttrs): string {
  return to.emit(`${BLOCKED}.Conv`, inputs, onnxWindows(attrs, kernel));
}

/** The weight [C, 1, kh, kw] of a depthwise convolution, blocked, as [C', 1, kh, kw] with C' of whole blocks. */
export function blockedWeight(to: Lowering, weight: string, channels: number, kernel: readonly number[]): string {
  const picture = to.emit('Reshape', [weight, to.ints([1, channels, ...kernel])]);
  return to.emit('Reshape', [toBlocks(to, picture), to.ints([blockedChannels(to, channels), 1, ...kernel])]);
}

/** A depthwise convolution, blocked values in and out. */
export function blockedDepthwise(
  to: Lowering,
  x: string,
  weight: string,
  channels: number,
  kernel: readonly number[],
  attrs: WindowAttrs,
): string {
  return to.emit(`${BLOCKED}.Conv`, [x, weight], { ...onnxWindows(attrs, kernel), group: blockedChannels(to, channels) });
}

/** Which of a kernel's elements reach every stride-th element of the input along one axis, from the first one on. */
export interface Phase {
  /** Kernel elements, by the place of dy's element they go with, ascending. */
  readonly taps: readonly number[];
  readonly padBegin: number;
  readonly padEnd: number;
}

/**
 * Input element u = stride · q + r got its share of dy[q + o] through kernel element t where stride · o = r + pad − t. So for each
 * remainder r there is a convolution of stride 1 over dy with the elements t of one remainder.
 * @returns undefined when a remainder has no element, or its convolution would crop dy
 */
export function phasesOf(
  kernel: number,
  stride: number,
  pad: number,
  count: number,
  length: number,
): readonly Phase[] | undefined {
  const places = Math.ceil(length / stride);
  const phases = Array.from({ length: stride }, (_, r) => {
    const taps = Array.from({ length: kernel }, (_, i) => kernel - 1 - i).filter((t) => (r + pad - t) % stride === 0);
    const padBegin = -(r + pad - (taps[0] ?? 0)) / stride;
    return { taps, padBegin, padEnd: places - count - padBegin + taps.length - 1 };
  });
  return phases.every(({ taps, padBegin, padEnd }) => taps.length > 0 && padBegin >= 0 && padEnd >= 0) ? phases : undefined;
}

/** dy spread back over an input [N, C, ...spatial] by one small blocked convolution for every phase of both axes. */
export function spreadByPhases(
  to: Lowering,
  dy: string,
  weight: string,
  channels: Channels,
  kernel: readonly [number, number],
  [rows, columns]: readonly [readonly Phase[], readonly Phase[]],
  [N, height, width]: readonly [number, number, number],
): string {
  const block = blockSize(to);
  const blocks = toBlocks(to, dy);
  const filter = swappedFilter(to, weight, channels, kernel);
  const [K, C] = channels.map((count) => blockedChannels(to, count)) as [number, number];
  const [places, across] = [Math.ceil(height / rows.length), Math.ceil(width / columns.length)];
  const phase = (row: Phase, column: Phase): string => {
    const taps = row.taps.flatMap((t) => column.taps.map((u) => t * kernel[1] + u));
    const some = to.emit('Gather', [filter, to.ints(taps)], { axis: 1 });
    const size = [row.taps.length, column.taps.length];
    const y = blockedDense(to, [blocks, to.emit('Reshape', [some, to.ints([C, K, ...size])])], size, {
      strides: repeat(1, 2),
      dilations: repeat(1, 2),
      padsBegin: [row.padBegin, column.padBegin],
      padsEnd: [row.padEnd, column.padEnd],
    });
    return to.emit('Reshape', [y, to.ints([N * (C / block) * places, 1, across, 1, block])]);
  };
  const lines = rows.map((row) =>
    to.emit(
      'Concat',
      columns.map((column) => phase(row, column)),
      { axis: 3 },
    ),
  );
  const joined = to.emit('Concat', lines, { axis: 1 });
  const whole = to.emit('Reshape', [joined, to.ints([N, C, places * rows.length, across * columns.length])]);
  const over = [height - places * rows.length, width - across * columns.length];
  return padOrCrop(to, fromBlocks(to, whole, channels[1]), [0, 0], over);
}

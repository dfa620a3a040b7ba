/** How dy goes back through a convolution's kernel to the elements of the input: the lowerings of that, and which one is taken. */
import { OcelliError } from '../../base/errors.ts';
import { addDims, type Dim } from '../ir/dim.ts';
import type { TensorType, Value } from '../ir/graph.ts';
import { blockedChannels, blockSize, canBlock, fromBlocks, toBlocks } from './blocked.ts';
import { blockedDense, blockedDepthwise, blockedWeight, phasesOf, spreadByPhases, turnedFilter } from './blocked-convolutions.ts';
import { denseLayout, fold, foldedWindows, unfold } from './conv-layouts.ts';
import { emitConv } from './conv-node.ts';
import type { Lowering } from './rules.ts';
import { staticDim } from './shapes.ts';
import {
  type ConvAttrs,
  insertZeros,
  kernelOf,
  onnxWindows,
  padOrCrop,
  reach,
  repeat,
  reversed,
  spatialOf,
  type WindowAttrs,
  windowSpan,
} from './windows.ts';

/** The weight [K, C / groups, ...kernel] with its kernel turned around and its channel axes swapped: [C, K / groups, ...kernel]. */
function turnedWeight(to: Lowering, weight: Value, groups: number): string {
  const kernel = kernelOf(weight.type);
  const [K, perGroup] = [staticDim(weight.type.shape[0], 'the weight'), staticDim(weight.type.shape[1], 'the weight')];
  const axes = kernel.map((_, i) => i + 2);
  const taps = kernel.reduce((a, b) => a * b, 1);
  let name = to.name(weight);
  if (groups === 1 && taps > 1) {
    // ONNX Runtime transposes fast where one axis alone moves, and turns around long rows faster than single elements.
    const tapsFirst = to.emit('Transpose', [to.emit('Reshape', [name, to.ints([K * perGroup, taps])])], { perm: [1, 0] });
    const turned = to.emit('Reshape', [reversed(to, tapsFirst, 0), to.ints([taps, K, perGroup])]);
    const channelsFirst = to.emit('Transpose', [turned], { perm: [2, 0, 1] });
    const tapsLast = to.emit('Transpose', [channelsFirst], { perm: [0, 2, 1] });
    return to.emit('Reshape', [tapsLast, to.ints([perGroup, K, ...kernel])]);
  }
  if (taps > 1) {
    const back = repeat(-1, kernel.length);
    name = to.emit('Slice', [name, to.ints(back), to.ints(repeat(1 - 2 ** 31, kernel.length)), to.ints(axes), to.ints(back)]);
  }
  if (perGroup === 1 && K === groups) return name;
  if (groups === 1) return to.emit('Transpose', [name], { perm: [1, 0, ...axes] });
  const split = to.emit('Reshape', [name, to.ints([groups, K / groups, perGroup, ...kernel])]);
  const swapped = to.emit('Transpose', [split], { perm: [0, 2, 1, ...axes.map((axis) => axis + 1)] });
  return to.emit('Reshape', [swapped, to.ints([groups * perGroup, K / groups, ...kernel])]);
}

/** dy with zeros between its elements, convolved with the turned kernel. */
function spreadByZeros(to: Lowering, dy: Value, weight: Value, attrs: ConvAttrs, extra: readonly number[]): string {
  const kernel = kernelOf(weight.type);
  const rank = kernel.length;
  if (to.target === 'webgpu' && rank === 3 && attrs.groups > 1) {
    throw new OcelliError(
      'unsupported',
      'grouped convolutions over three spatial axes do not run on WebGPU; use the cpu back end or groups = 1',
    );
  }
  const far = kernel.map((size, i) => reach(size, attrs.dilations[i] as number) - 1);
  const before = far.map((f, i) => f - (attrs.padsBegin[i] as number));
  const after = far.map((f, i) => f - (attrs.padsEnd[i] as number) + (extra[i] as number) - ((attrs.strides[i] as number) - 1));
  const windows = { strides: repeat(1, rank), dilations: attrs.dilations };
  const channels = dy.type.shape[1] as Dim;
  const positive = (pads: readonly number[]): number[] => pads.map((pad) => Math.max(pad, 0));
  const negative = (pads: readonly number[]): number[] => pads.map((pad) => Math.min(pad, 0));
  const inside = { ...windows, padsBegin: positive(before), padsEnd: positive(after) };
  const turned = turnedWeight(to, weight, attrs.groups);
  if (attrs.groups === channels && weight.type.shape[1] === 1 && canBlock(to, channels, rank)) {
    const shape = [dy.type.shape[0] as Dim, channels, ...spatialOf(dy.type)];
    const whole = blockedChannels(to, channels);
    const apart = insertZeros(
      to,
      toBlocks(to, to.name(dy)),
      [shape[0] as Dim, whole, ...shape.slice(2)],
      attrs.strides,
      blockSize(to),
    );
    const least = Math.min(...before, ...after);
    const x = least < 0 ? fromBlocks(to, apart, channels) : apart;
    const cut = least < 0 ? toBlocks(to, padOrCrop(to, x, negative(before), negative(after))) : x;
    const filter = blockedWeight(to, turned, channels, kernel);
    return fromBlocks(to, blockedDepthwise(to, cut, filter, channels, kernel, inside), channels);
  }
  const apart = insertZeros(to, to.name(dy), dy.type.shape, attrs.strides);
  const cut = padOrCrop(to, apart, negative(before), negative(after));
  const sizes = {
    channels: staticDim(weight.type.shape[0], 'the weight'),
    outChannels: staticDim(weight.type.shape[1], 'the weight') * attrs.groups,
    groups: attrs.groups,
    rank,
  };
  return emitConv(to, [cut, turned], sizes, onnxWindows(inside, kernel));
}

/** How far dy is spread: the spatial lengths of what comes of it, where they are static. */
function spreadLengths(dy: TensorType, kernel: readonly number[], attrs: ConvAttrs, extra: readonly number[]): readonly Dim[] {
  return spatialOf(dy).map((count, i) => {
    const span = windowSpan(count, attrs.strides[i] as number, reach(kernel[i] as number, attrs.dilations[i] as number));
    return addDims(span, (extra[i] as number) - (attrs.padsBegin[i] as number) - (attrs.padsEnd[i] as number));
  });
}

/** Pictures so small that a transposed convolution's sums cost less than turning the weight does. */
const TINY_ROW = 2;

/** A dense gradient in one of the layouts that ONNX Runtime's CPU back end is fast in; undefined where the plain one is. */
function spreadDense(
  to: Lowering,
  dy: Value,
  weight: Value,
  attrs: ConvAttrs,
  extra: readonly number[],
  unit: boolean,
): string | undefined {
  const kernel = kernelOf(weight.type);
  const [K, C] = weight.type.shape as readonly [number, number];
  const dx: TensorType = {
    dtype: dy.type.dtype,
    shape: [dy.type.shape[0] as Dim, C, ...spreadLengths(dy.type, kernel, attrs, extra)],
  };
  const layout = denseLayout(to, { channels: K, y: dx, kernel, attrs }, true);
  if (layout === 'plain') return undefined;
  const [N, , ...lengths] = dx.shape as [number, number, ...number[]];
  const name = to.name(dy);
  const far = kernel.map((size, i) => reach(size, attrs.dilations[i] as number) - 1);
  const back: WindowAttrs = {
    strides: repeat(1, kernel.length),
    dilations: attrs.dilations,
    padsBegin: far.map((f, i) => f - (attrs.padsBegin[i] as number)),
    padsEnd: far.map((f, i) => f - (attrs.padsEnd[i] as number)),
  };
  if (layout === 'folded') {
    if (!unit) return undefined;
    const folded = fold(to, name, dy.type.shape as readonly number[]);
    const tiny = (lengths.at(-1) as number) <= TINY_ROW;
    const spread = tiny
      ? to.emit('ConvTranspose', [folded, to.name(weight)], onnxWindows(foldedWindows(attrs, N), kernel))
      : to.emit('Conv', [folded, turnedWeight(to, weight, 1)], onnxWindows(foldedWindows(back, N), kernel));
    return unfold(to, spread, dx.shape as readonly number[]);
  }
  const single = kernel.every((size) => size === 1) && attrs.padsBegin.every((pad) => pad === 0);
  if (unit || single) {
    const filter = turnedFilter(to, to.name(weight), [K, C], kernel);
    const y = blockedDense(to, [toBlocks(to, name), filter], kernel, back);
    if (unit) return fromBlocks(to, y, C);
    const counts = spatialOf(dy.type) as readonly number[];
    const apart = insertZeros(to, y, [N, blockedChannels(to, C), ...counts], attrs.strides, blockSize(to));
    const over = lengths.map((length, i) => length - (counts[i] as number) * (attrs.strides[i] as number));
    return padOrCrop(to, fromBlocks(to, apart, C), [0, 0], over);
  }
  const [height, width] = lengths as [number, number];
  const along = (axis: number, length: number) =>
    phasesOf(
      kernel[axis] as number,
      attrs.strides[axis] as number,
      attrs.padsBegin[axis] as number,
      spatialOf(dy.type)[axis] as number,
      length,
    );
  const [rows, columns] = [along(0, height), along(1, width)];
  if (!rows || !columns || attrs.dilations.some((dilation) => dilation > 1)) return undefined;
  return spreadByPhases(
    to,
    name,
    to.name(weight),
    [K, C],
    kernel as readonly [number, number],
    [rows, columns],
    [N, height, width],
  );
}

/**
 * Spreads dy back over the input's elements, `extra` elements beyond the last window included.
 * Measured in docs/lowerings.md: a convolution where the stride is 1 or the back end's blocked layout can be used,
 * else a transposed one; of these WebGPU has but two-dimensional ones.
 */
export function lowerSpread(to: Lowering, dy: Value, weight: Value, attrs: ConvAttrs, extra: readonly number[]): string {
  const kernel = kernelOf(weight.type);
  const depthwise = attrs.groups === dy.type.shape[1] && weight.type.shape[1] === 1;
  const inside = kernel.every((size, i) => {
    const far = reach(size, attrs.dilations[i] as number) - 1;
    return (attrs.padsBegin[i] as number) <= far && (attrs.padsEnd[i] as number) <= far;
  });
  const unit = attrs.strides.every((stride) => stride === 1) && extra.every((more) => more === 0);
  const blocks = depthwise && canBlock(to, dy.type.shape[1] as Dim, kernel.length);
  const noTransposed = to.target === 'webgpu' && kernel.length !== 2;
  const dense = attrs.groups === 1 && inside ? spreadDense(to, dy, weight, attrs, extra, unit) : undefined;
  if (dense !== undefined) return dense;
  if ((unit && inside) || (blocks && inside) || noTransposed) return spreadByZeros(to, dy, weight, attrs, extra);
  return to.emit('ConvTranspose', [to.name(dy), to.name(weight)], {
    ...onnxWindows(attrs, kernel),
    group: attrs.groups,
    output_padding: extra,
  });
}

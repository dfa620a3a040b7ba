/**
 * The gradient of a convolution with respect to its input: every element of dy goes back through the kernel to the elements
 * it was made of. With stride 1 this is a convolution with the flipped kernel; otherwise a transposed convolution.
 */
import { OcelliError } from '../../base/errors.ts';
import { type Dim, subtractDims } from '../ir/dim.ts';
import { describeType, type TensorType, type Value } from '../ir/graph.ts';
import { blockedChannels, blockedDepthwise, blockedWeight, canBlock, fromBlocks, toBlocks } from './blocked.ts';
import type { ConvAttrs } from './conv.ts';
import { emitConv } from './conv-node.ts';
import type { Lowering, OpRules } from './rules.ts';
import { costOf, elements, expectFloat, expectInputs, expectSameDtype, fail, staticDim } from './shapes.ts';
import {
  checkWindows,
  insertZeros,
  kernelOf,
  onnxWindows,
  padOrCrop,
  reach,
  repeat,
  spatialOf,
  windowCounts,
  windowSpan,
} from './windows.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /** Inputs dy [N, K, ...spatial'] and weight [K, C / groups, ...kernel]; output [N, C, ...inputShape]. */
    convInputGrad: ConvAttrs & { readonly inputShape: readonly Dim[] };
  }
}

/** The type of an input's gradient, or of a transposed convolution's output, once dy and weight fit. */
export function spreadType(dy: TensorType, weight: TensorType, attrs: ConvAttrs, spatial: readonly Dim[]): TensorType {
  expectFloat(dy);
  expectSameDtype(dy, weight);
  if (dy.shape.length !== weight.shape.length) {
    fail(
      `takes a value of rank ${weight.shape.length} for a weight of shape [${weight.shape.join(', ')}], ${describeType(dy)} came`,
    );
  }
  checkWindows(attrs, kernelOf(weight), dy.shape.length - 2);
  if (dy.shape[1] !== weight.shape[0]) fail(`input has ${dy.shape[1]} channels, weight expects ${weight.shape[0]}`);
  const [inChannels, perGroup] = [staticDim(weight.shape[0], 'the weight'), staticDim(weight.shape[1], 'the weight')];
  if (inChannels % attrs.groups !== 0) fail(`${inChannels} channels do not fall into ${attrs.groups} groups`);
  return { dtype: dy.dtype, shape: [dy.shape[0] as Dim, perGroup * attrs.groups, ...spatial] };
}

/** The weight [K, C / groups, ...kernel] with its kernel turned around and its channel axes swapped: [C, K / groups, ...kernel]. */
function turnedWeight(to: Lowering, weight: Value, groups: number): string {
  const kernel = kernelOf(weight.type);
  const [K, perGroup] = [staticDim(weight.type.shape[0], 'the weight'), staticDim(weight.type.shape[1], 'the weight')];
  let name = to.name(weight);
  if (kernel.some((size) => size > 1)) {
    const back = repeat(-1, kernel.length);
    const axes = kernel.map((_, i) => i + 2);
    name = to.emit('Slice', [name, to.ints(back), to.ints(repeat(1 - 2 ** 31, kernel.length)), to.ints(axes), to.ints(back)]);
  }
  if (perGroup === 1 && K === groups) return name;
  const axes = kernel.map((_, i) => i + 2);
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
      to.nchwcBlock,
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

/**
 * Spreads dy back over the input's elements, `extra` elements beyond the last window included.
 * Measured in docs/lowerings.md: a convolution where the stride is 1 or the back end's blocked depthwise one can be used,
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
  if ((unit && inside) || (blocks && inside) || noTransposed) return spreadByZeros(to, dy, weight, attrs, extra);
  return to.emit('ConvTranspose', [to.name(dy), to.name(weight)], {
    ...onnxWindows(attrs, kernel),
    group: attrs.groups,
    output_padding: extra,
  });
}

export const convInputGrad: OpRules<'convInputGrad'> = {
  shape(inputs, attrs) {
    const [dy, weight] = expectInputs(inputs, 2) as [TensorType, TensorType];
    const type = spreadType(dy, weight, attrs, attrs.inputShape);
    const counts = windowCounts(attrs.inputShape, kernelOf(weight), attrs);
    if (counts.join() !== spatialOf(dy).join()) {
      fail(`dy of an input [${attrs.inputShape.join(', ')}] has spatial shape [${counts.join(', ')}], ${describeType(dy)} came`);
    }
    return [type];
  },
  // Linear in both inputs: the gradient with respect to dy is the convolution itself.
  gradient(node, [d], wanted, builder) {
    if (!d) return [null, null];
    const [dy, weight] = node.inputs as readonly [Value, Value];
    const { inputShape: _, ...attrs } = node.attrs;
    const kernelShape = kernelOf(weight.type);
    return [
      wanted[0] ? builder.apply('conv', [d, weight], attrs) : null,
      wanted[1] ? builder.apply('convWeightGrad', [d, dy], { ...attrs, kernelShape }) : null,
    ];
  },
  lower(node, to) {
    const [dy, weight] = node.inputs as readonly [Value, Value];
    const { attrs } = node;
    const kernel = kernelOf(weight.type);
    const extra = attrs.inputShape.map((length, i) => {
      const stride = attrs.strides[i] as number;
      const span = windowSpan(dy.type.shape[i + 2] as Dim, stride, reach(kernel[i] as number, attrs.dilations[i] as number));
      const pads = (attrs.padsBegin[i] as number) + (attrs.padsEnd[i] as number);
      return stride === 1
        ? 0
        : staticDim(subtractDims(length, subtractDims(span, pads)), 'the gradient of a strided convolution');
    });
    return [lowerSpread(to, dy, weight, attrs, extra)];
  },
  read: 'none',
  cost(node) {
    const [dy, weight] = node.inputs as readonly [Value, Value];
    return costOf(node, (elements(dy.type) * elements(weight.type)) / staticDim(weight.type.shape[0], 'the weight'));
  },
};

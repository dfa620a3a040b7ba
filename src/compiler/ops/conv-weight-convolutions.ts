/** A weight's gradient as a convolution whose kernel is dy. */
import { float32 } from '../../base/tensor.ts';
import { blockedChannels, blockSize, fromBlocks, toBlocks } from './blocked.ts';
import { sameForTwoThreads } from './conv-layouts.ts';
import type { Sizes } from './conv-weight-sizes.ts';
import type { Lowering } from './rules.ts';
import { type ConvAttrs, padOrCrop, repeat } from './windows.ts';

/** A convolution of x with dy as the kernel: pictures are its input channels, strides and dilations change places. */
export function asConvolution(to: Lowering, x: string, dy: string, sizes: Sizes, attrs: ConvAttrs): string {
  const { N, C, K, spatial, windows, kernel, after, axes, groups } = sizes;
  const cut = padOrCrop(
    to,
    x,
    repeat(0, kernel.length),
    after.map((pad) => Math.min(pad, 0)),
  );
  const seen = spatial.map((length, i) => length + Math.min(after[i] as number, 0));
  const swap = [1, 0, ...axes];
  const pictures = to.emit('Reshape', [to.emit('Transpose', [cut], { perm: swap }), to.ints([1, C * N, ...seen])]);
  const y = to.emit('Conv', [pictures, to.emit('Transpose', [dy], { perm: swap })], {
    kernel_shape: windows,
    strides: attrs.dilations,
    dilations: attrs.strides,
    pads: [...attrs.padsBegin, ...after.map((pad) => Math.max(pad, 0))],
    group: groups,
  });
  return to.emit('Reshape', [y, to.ints([K, 1, ...kernel])]);
}

/** A blocked value of whole blocks as [N, positions, C]. */
function channelsLast(to: Lowering, blocks: string, { N, C, spatial }: Sizes): string {
  const block = blockSize(to);
  const positions = spatial.reduce((a, b) => a * b, 1);
  const split = to.emit('Reshape', [blocks, to.ints([N, C / block, positions, block])]);
  return to.emit('Transpose', [split], { perm: [0, 2, 1, 3] });
}

/** From this many elements on ONNX Runtime's product with the identity is twice to five times as fast as its Transpose. */
const MANY = 1 << 18;

/** [K, taps, C] as [K, C, taps]. */
function tapsLast(to: Lowering, byTap: string, [K, taps, C]: readonly [number, number, number]): string {
  if (to.portable || to.target !== 'cpu' || K * taps * C < MANY) return to.emit('Transpose', [byTap], { perm: [0, 2, 1] });
  const identity = Float32Array.from({ length: taps * taps }, (_, i) => (i % (taps + 1) === 0 ? 1 : 0));
  return to.emit('com.microsoft.FusedMatMul', [byTap, to.constant(float32([taps, taps], identity))], { transA: 1 });
}

/**
 * One convolution whose kernel is dy and whose pictures are x with channels last, pictures being its input channels:
 * along the last spatial axis, [length, C] flattened, neighbouring windows lie C elements apart and neighbouring output elements are
 * the channels under one kernel element. Its products are large and nothing is copied taps times in memory.
 * In two halves of the channels it is a batch of two.
 */
export function asOneConvolution(to: Lowering, x: string, dy: string, sizes: Sizes, attrs: ConvAttrs, halves: 1 | 2): string {
  const { N, C, K, spatial, windows, kernel, taps, after, axes, groups } = sizes;
  const rank = kernel.length;
  const each = C / groups / halves;
  const cut = padOrCrop(
    to,
    x,
    repeat(0, rank),
    after.map((pad) => Math.min(pad, 0)),
  );
  const seen = spatial.map((length, i) => length + Math.min(after[i] as number, 0));
  const inLast = (lengths: readonly number[]): readonly number[] => lengths.map((n, i) => (i === rank - 1 ? n * each : n));
  const parts = groups * halves;
  // ONNX Runtime transposes fast where one axis alone moves.
  const apart = parts === 1 ? cut : to.emit('Reshape', [cut, to.ints([N * parts, each, ...seen])]);
  const blocks = cut === x && parts === 1 && C % (blockSize(to) || C) === 0 ? to.twin(x) : undefined;
  const last = blocks === undefined ? to.emit('Transpose', [apart], { perm: [0, ...axes, 1] }) : channelsLast(to, blocks, sizes);
  const partsFirst =
    parts === 1 ? last : to.emit('Transpose', [to.emit('Reshape', [last, to.ints([N, parts, -1])])], { perm: [1, 0, 2] });
  const pictures = to.emit('Reshape', [partsFirst, to.ints([halves, groups * N, ...inLast(seen)])]);
  const filters =
    N === 1 ? to.emit('Reshape', [dy, to.ints([K, 1, ...windows])]) : to.emit('Transpose', [dy], { perm: [1, 0, ...axes] });
  const y = to.emit('Conv', [pictures, filters], {
    kernel_shape: windows,
    strides: repeat(1, rank),
    dilations: inLast(attrs.strides),
    pads: [...inLast(attrs.padsBegin), ...inLast(after.map((pad) => Math.max(pad, 0)))],
    group: groups,
  });
  const byChannel = tapsLast(to, to.emit('Reshape', [y, to.ints([halves * K, taps, each])]), [halves * K, taps, each]);
  const joined =
    halves === 1
      ? byChannel
      : to.emit('Transpose', [to.emit('Reshape', [byChannel, to.ints([halves, K, -1])])], { perm: [1, 0, 2] });
  return to.emit('Reshape', [joined, to.ints([K, C / groups, ...kernel])]);
}

/**
 * The same for depthwise convolutions in the blocked layout, where every picture's channels are channels of their own:
 * a blocked dy is a blocked weight as it stands.
 */
export function asBlockedConvolution(to: Lowering, x: string, dy: string, sizes: Sizes, attrs: ConvAttrs): string {
  const { N, C, spatial, windows, kernel, taps, after } = sizes;
  const whole = blockedChannels(to, C);
  const cut = padOrCrop(
    to,
    x,
    repeat(0, kernel.length),
    after.map((pad) => Math.min(pad, 0)),
  );
  const seen = spatial.map((length, i) => length + Math.min(after[i] as number, 0));
  const pictures = to.emit('Reshape', [toBlocks(to, cut), to.ints([1, N * whole, ...seen])]);
  const filters = to.emit('Reshape', [toBlocks(to, dy), to.ints([N * whole, 1, ...windows])]);
  const each = to.emit('com.microsoft.nchwc.Conv', [pictures, filters], {
    kernel_shape: windows,
    strides: attrs.dilations,
    dilations: attrs.strides,
    pads: [...attrs.padsBegin, ...after.map((pad) => Math.max(pad, 0))],
    group: N * whole,
  });
  const sum = to.emit('ReduceSum', [to.emit('Reshape', [each, to.ints([N, whole * taps])]), to.ints([0])], { keepdims: 0 });
  const plain = fromBlocks(to, to.emit('Reshape', [sum, to.ints([1, whole, ...kernel])]), C);
  return to.emit('Reshape', [plain, to.ints([C, 1, ...kernel])]);
}

/**
 * Into how many parts asOneConvolution is to cut the channels, 0 when it does not suit: output elements must lie side by side, and of
 * fewer columns than rows ONNX Runtime would write all columns out before it multiplies. Where two threads would sum otherwise than
 * one, a batch of two keeps the result the same.
 */
export function partsOfOneConvolution({ C, K, groups, taps }: Sizes, { dilations }: ConvAttrs): 0 | 1 | 2 {
  if (taps === 1 || dilations.some((dilation) => dilation > 1) || 2 * taps * C < K) return 0;
  if (groups > 1 || sameForTwoThreads(K, taps * C)) return 1;
  return C % 2 === 0 ? 2 : 0;
}

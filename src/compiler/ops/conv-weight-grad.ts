/**
 * The gradient of a convolution with respect to its weight: each kernel element is the product, over pictures and positions,
 * of dy and the input elements that it met: dW[k, c, t] = Σ_{n, p} dy[n, k, p] · x[n, c, stride · p + dilation · t − padsBegin].
 */
import type { Dim } from '../ir/dim.ts';
import { describeType, type Node, type TensorType, type Value } from '../ir/graph.ts';
import { blockedChannels, canBlock, fromBlocks, toBlocks } from './blocked.ts';
import type { ConvAttrs } from './conv.ts';
import type { Lowering, OpRules } from './rules.ts';
import { costOf, elements, expectFloat, expectInputs, expectSameDtype, fail, staticDim, staticShape } from './shapes.ts';
import { checkWindows, padOrCrop, reach, repeat, spatialOf, windowCounts } from './windows.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /** Inputs x [N, C, ...spatial] and dy [N, K, ...spatial']; output [K, C / groups, ...kernelShape]. Static shapes alone. */
    convWeightGrad: ConvAttrs & { readonly kernelShape: readonly number[] };
  }
}

type WeightGrad = Node<'convWeightGrad'>;

/** The static sizes that all lowerings speak of. */
function sizesOf({ inputs, attrs }: WeightGrad) {
  const [x, dy] = inputs as readonly [Value, Value];
  const [N, C, ...spatial] = staticShape(x.type.shape, 'the gradient of a weight') as [number, number, ...number[]];
  const [, K, ...windows] = staticShape(dy.type.shape, 'the gradient of a weight') as [number, number, ...number[]];
  const kernel = attrs.kernelShape;
  const taps = kernel.reduce((a, b) => a * b, 1);
  const positions = windows.reduce((a, b) => a * b, 1);
  /** How many elements all windows span, less the padding before them and the input: padding after it, or unseen when negative. */
  const after = windows.map((count, i) => {
    const span = (count - 1) * (attrs.strides[i] as number) + reach(kernel[i] as number, attrs.dilations[i] as number);
    return span - (attrs.padsBegin[i] as number) - (spatial[i] as number);
  });
  return { N, C, K, spatial, windows, kernel, taps, positions, after, groups: attrs.groups, axes: kernel.map((_, i) => i + 2) };
}

type Sizes = ReturnType<typeof sizesOf>;

/** Input elements under each kernel element, in C order of the kernel: views of [A, B, ...windows] of a value [A, B, ...spatial]. */
function tapViews(to: Lowering, x: string, sizes: Sizes, attrs: ConvAttrs): readonly string[] {
  const { kernel, windows, axes, taps, after } = sizes;
  if (taps === 1 && attrs.strides.every((stride) => stride === 1) && [...attrs.padsBegin, ...after].every((pad) => pad === 0))
    return [x];
  const padded = padOrCrop(
    to,
    x,
    attrs.padsBegin,
    after.map((pad) => Math.max(pad, 0)),
  );
  return Array.from({ length: taps }, (_, tap) => {
    const starts: number[] = [];
    let rest = tap;
    for (let i = kernel.length - 1; i >= 0; i--) {
      starts[i] = (rest % (kernel[i] as number)) * (attrs.dilations[i] as number);
      rest = Math.floor(rest / (kernel[i] as number));
    }
    const ends = starts.map((start, i) => start + ((windows[i] as number) - 1) * (attrs.strides[i] as number) + 1);
    return to.emit('Slice', [padded, to.ints(starts), to.ints(ends), to.ints(axes), to.ints(attrs.strides)]);
  });
}

/** a · bᵀ of the matrices in the last two of `rank` axes. */
function timesTransposed(to: Lowering, a: string, b: string, rank: number): string {
  if (to.target === 'cpu' && !to.portable) return to.emit('com.microsoft.FusedMatMul', [a, b], { transB: 1 });
  const perm = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  return to.emit('MatMul', [a, to.emit('Transpose', [b], { perm })]);
}

function concat(to: Lowering, parts: readonly string[], axis: number): string {
  return parts.length === 1 ? (parts[0] as string) : to.emit('Concat', parts, { axis });
}

/** One product [K, positions] · [positions, taps · C] for each picture and group, then their sum over pictures. */
function byPicture(to: Lowering, x: string, dy: string, sizes: Sizes, attrs: ConvAttrs): string {
  const { N, C, K, positions, taps, groups, kernel, axes } = sizes;
  const group = groups === 1 ? [] : [groups];
  const views = tapViews(to, x, sizes, attrs).map((view) =>
    to.emit('Reshape', [view, to.ints([N, ...group, C / groups, positions])]),
  );
  const columns = concat(to, views, 1 + group.length);
  const rows = to.emit('Reshape', [dy, to.ints([N, ...group, K / groups, positions])]);
  const products = timesTransposed(to, rows, columns, 3 + group.length);
  const sum = N === 1 ? products : to.emit('ReduceSum', [products, to.ints([0])], { keepdims: 0 });
  if (taps === 1) return to.emit('Reshape', [sum, to.ints([K, C / groups, ...kernel])]);
  const split = to.emit('Reshape', [sum, to.ints([K, ...kernel, C / groups])]);
  return to.emit('Transpose', [split], { perm: [0, kernel.length + 1, ...axes.map((axis) => axis - 1)] });
}

/** One product [K, N · positions] · [N · positions, C · taps]: fewer sums, but x and dy are transposed. */
function atOnce(to: Lowering, x: string, dy: string, sizes: Sizes, attrs: ConvAttrs): string {
  const { N, C, K, positions, taps, kernel, axes } = sizes;
  const channelsFirst = (name: string): string => (N === 1 ? name : to.emit('Transpose', [name], { perm: [1, 0, ...axes] }));
  const moved = N === 1 ? to.emit('Reshape', [x, to.ints([C, 1, ...sizes.spatial])]) : channelsFirst(x);
  const views = tapViews(to, moved, sizes, attrs).map((view) => to.emit('Reshape', [view, to.ints([C, 1, N * positions])]));
  const columns = to.emit('Reshape', [concat(to, views, 1), to.ints([C * taps, N * positions])]);
  const rows = to.emit('Reshape', [channelsFirst(dy), to.ints([K, N * positions])]);
  return to.emit('Reshape', [timesTransposed(to, rows, columns, 2), to.ints([K, C, ...kernel])]);
}

/** A convolution of x with dy as the kernel: pictures are its input channels, strides and dilations change places. */
function asConvolution(to: Lowering, x: string, dy: string, sizes: Sizes, attrs: ConvAttrs): string {
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

/**
 * One convolution whose kernel is dy and whose pictures are x with channels last, pictures being its input channels:
 * along the last spatial axis, [length, C] flattened, neighbouring windows lie C elements apart and neighbouring output elements are
 * the channels under one kernel element. Its products are large and nothing is copied taps times in memory.
 * In two halves of the channels it is a batch of two.
 */
function asOneConvolution(to: Lowering, x: string, dy: string, sizes: Sizes, attrs: ConvAttrs, halves: 1 | 2): string {
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
  const last = to.emit('Transpose', [apart], { perm: [0, ...axes, 1] });
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
  const byTap = to.emit('Reshape', [y, to.ints([halves * K, taps, each])]);
  const byChannel = to.emit('Transpose', [byTap], { perm: [0, 2, 1] });
  const joined =
    halves === 1
      ? byChannel
      : to.emit('Transpose', [to.emit('Reshape', [byChannel, to.ints([halves, K, -1])])], { perm: [1, 0, 2] });
  return to.emit('Reshape', [joined, to.ints([K, C / groups, ...kernel])]);
}

/** How wide ONNX Runtime's convolution makes its slices of so many columns. */
function sliceWidth(columns: number): number {
  let width = 128;
  while (width > 16 && width / 2 >= columns) width /= 2;
  return width;
}

/**
 * Into how many parts asOneConvolution is to cut the channels, 0 when it does not suit: output elements must lie side by side, and of
 * fewer columns than rows ONNX Runtime would write all columns out before it multiplies. It shares the columns of a single picture
 * among threads, by sixteens, and how it sums depends on how many columns a thread has: where two threads would sum otherwise
 * than one, a batch of two keeps the result the same.
 */
function partsOfOneConvolution({ C, K, groups, taps }: Sizes, { dilations }: ConvAttrs): 0 | 1 | 2 {
  if (taps === 1 || dilations.some((dilation) => dilation > 1) || 2 * taps * C < K) return 0;
  const columns = (taps * C) / groups;
  const share = Math.ceil(columns / 2 / 16) * 16;
  const shares = groups > 1 ? [] : [share, columns - share];
  if (shares.every((part) => sliceWidth(part) === sliceWidth(columns))) return 1;
  return C % 2 === 0 ? 2 : 0;
}

/**
 * The same for depthwise convolutions in the blocked layout, where every picture's channels are channels of their own:
 * a blocked dy is a blocked weight as it stands.
 */
function asBlockedConvolution(to: Lowering, x: string, dy: string, sizes: Sizes, attrs: ConvAttrs): string {
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

/** True when the sum over pictures of the products by picture costs more than transposing x and dy does. */
function fewPositions({ N, C, K, taps, positions, groups }: Sizes): boolean {
  return groups === 1 && (N === 1 || K * C * taps > positions * (K + C * taps));
}

export const convWeightGrad: OpRules<'convWeightGrad'> = {
  shape(inputs, attrs) {
    const [x, dy] = expectInputs(inputs, 2) as [TensorType, TensorType];
    expectFloat(x);
    expectSameDtype(x, dy);
    const { kernelShape, groups } = attrs;
    checkWindows(attrs, kernelShape, x.shape.length - 2);
    const [C, K] = [staticDim(x.shape[1], 'the channel axis'), staticDim(dy.shape[1], 'the channel axis')];
    if (C % groups !== 0 || K % groups !== 0) fail(`${C} and ${K} channels do not fall into ${groups} groups`);
    const expected: readonly Dim[] = [x.shape[0] as Dim, K, ...windowCounts(spatialOf(x), kernelShape, attrs)];
    if (expected.join() !== dy.shape.join()) fail(`takes dy of shape [${expected.join(', ')}], ${describeType(dy)} came`);
    return [{ dtype: x.dtype, shape: [K, C / groups, ...kernelShape] }];
  },
  // Linear in both inputs.
  gradient(node, [dWeight], wanted, builder) {
    if (!dWeight) return [null, null];
    const [x, dy] = node.inputs as readonly [Value, Value];
    const { kernelShape: _, ...attrs } = node.attrs;
    return [
      wanted[0] ? builder.apply('convInputGrad', [dy, dWeight], { ...attrs, inputShape: spatialOf(x.type) }) : null,
      wanted[1] ? builder.apply('conv', [x, dWeight], attrs) : null,
    ];
  },
  lower(node, to) {
    const [x, dy] = node.inputs.map((input) => to.name(input)) as [string, string];
    const sizes = sizesOf(node);
    const { C, K, groups } = sizes;
    if (groups === C && K === C && canBlock(to, C, sizes.kernel.length))
      return [asBlockedConvolution(to, x, dy, sizes, node.attrs)];
    if (groups === C && groups > 1 && sizes.kernel.length < 3) return [asConvolution(to, x, dy, sizes, node.attrs)];
    const parts = to.target === 'cpu' ? partsOfOneConvolution(sizes, node.attrs) : 0;
    if (parts > 0) return [asOneConvolution(to, x, dy, sizes, node.attrs, parts as 1 | 2)];
    const product = fewPositions(sizes) ? atOnce : byPicture;
    return [product(to, x, dy, sizes, node.attrs)];
  },
  read: 'none',
  cost(node) {
    const dy = node.inputs[1] as Value;
    const weight = node.outputs[0] as Value;
    return costOf(node, (elements(dy.type) * elements(weight.type)) / staticDim(weight.type.shape[0], 'the weight'));
  },
};

/** Nodes as other tools write them: every form in which opsets 7 to 21 say what Ocelli's operators do. */
import { float32, int64, type Tensor, tensor } from '../../src/base/tensor.ts';
import { type Foreign, type ForeignAttr, type ForeignInput, fed } from './foreign.ts';

const x = (...shape: number[]): ForeignInput => fed('x', { shape });
const y = (...shape: number[]): ForeignInput => fed('y', { shape });
const positive = (...shape: number[]): ForeignInput => fed('positive', { shape, low: 0.5, high: 2 });
const known = (value: Tensor): ForeignInput => ({ known: value });
const ints = (...values: number[]): ForeignInput => known(int64([values.length], values));
const int = (value: number): ForeignInput => known(int64([], [value]));
const floats = (...values: number[]): ForeignInput => known(float32([values.length], values));
const float = (value: number): ForeignInput => known(float32([], [value]));
const whole = (low: number, high: number, ...shape: number[]): ForeignInput => fed('whole', { shape, dtype: 'int64', low, high });

function one(
  op: string,
  opset: number,
  inputs: readonly ForeignInput[],
  attrs: Readonly<Record<string, ForeignAttr>> = {},
  outputs = 1,
): Foreign {
  return { op, opset, inputs, attrs, outputs };
}

/** One that is refused while sizes are open. */
function fixed(...[op, opset, inputs, attrs, outputs]: Parameters<typeof one>): Foreign {
  return { ...one(op, opset, inputs, attrs, outputs), sized: true };
}

const unary = ['Abs', 'Ceil', 'Erf', 'Exp', 'Floor', 'HardSwish', 'Mish', 'Neg', 'Relu', 'Round', 'Sigmoid', 'Sign', 'Softplus'];
const more = ['Softsign', 'Tanh', 'Identity', 'Elu', 'Selu', 'Celu', 'LeakyRelu', 'ThresholdedRelu', 'HardSigmoid'];

const elementwise: readonly Foreign[] = [
  ...[...unary, ...more].map((op) => one(op, op === 'Mish' ? 18 : 17, [fed('x', { shape: [2, 3, 4], low: -4, high: 4 })])),
  ...['Log', 'Sqrt', 'Reciprocal'].map((op) => one(op, 13, [positive(2, 3)])),
  ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'PRelu'].map((op) => one(op, 14, [x(2, 3, 4), y(3, 1)])),
  ...['Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual'].map((op) => one(op, 16, [whole(0, 3, 2, 3), whole(0, 3, 3)])),
  ...['Sum', 'Mean', 'Max', 'Min'].map((op) => one(op, 13, [x(2, 3), y(3), positive(2, 1)])),
  one('Max', 13, [x(2, 3)]),
  one('Pow', 7, [x(2, 3), float(2)]),
  one('Pow', 13, [positive(2, 3), float(0.5)]),
  one('Pow', 15, [positive(2, 3), y(3)]),
  one('Pow', 15, [x(2, 3), known(int64([1], [3]))]),
  fixed('Mod', 13, [whole(-9, 9, 4, 5), known(int64([5], [3, -3, 4, -4, 7]))]),
  fixed('Mod', 13, [fed('x', { shape: [4, 5], low: -9, high: 9 }), floats(3, -3, 4, -4, 2.5)], { fmod: 1 }),
  one('Clip', 7, [x(2, 3)], { min: { float: -0.25 }, max: { float: 0.5 } }),
  one('Clip', 7, [x(2, 3)], { max: { float: 0.5 } }),
  one('Clip', 11, [x(2, 3), float(-0.25), float(0.5)]),
  one('Clip', 13, [x(2, 3), null, float(0.5)]),
  one('Clip', 13, [x(2, 3), float(0)]),
  one('Clip', 13, [x(2, 3), fed('low', { shape: [] }), null]),
  one('Clip', 13, [whole(-5, 5, 4, 3), int(-2), int(2)]),
  one('HardSigmoid', 7, [x(5, 3)], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
  one('Gelu', 20, [fed('x', { shape: [4, 5], low: -3, high: 3 })]),
  one('Gelu', 20, [fed('x', { shape: [4, 5], low: -3, high: 3 })], { approximate: 'tanh' }),
  one('Swish', 24, [x(4, 5)]),
  one('Swish', 24, [x(4, 5)], { alpha: { float: 0.5 } }),
  one('com.microsoft.Gelu', 17, [x(4, 5)]),
  one('com.microsoft.QuickGelu', 17, [x(4, 5)], { alpha: { float: 1.702 } }),
  one('com.microsoft.QuickGelu', 17, [x(4, 5)], { alpha: { float: 1 } }),
  one('Where', 9, [fed('condition', { shape: [2, 3], dtype: 'bool' }), x(2, 3), y(3)]),
  one('Not', 7, [fed('condition', { shape: [2, 3], dtype: 'bool' })]),
  ...['And', 'Or', 'Xor'].map((op) =>
    one(op, 7, [fed('a', { shape: [2, 3], dtype: 'bool' }), fed('b', { shape: [3], dtype: 'bool' })]),
  ),
  one('Cast', 13, [fed('x', { shape: [7], low: -4, high: 4 })], { to: 7 }),
  one('Cast', 9, [whole(-4, 4, 7)], { to: 1 }),
  one('CastLike', 15, [whole(-4, 4, 7), x(1)]),
  one('Dropout', 7, [x(3, 4)], { ratio: { float: 0.5 } }),
  one('Dropout', 13, [x(3, 4), float(0.5), known(tensor('bool', [], Uint8Array.of(0)))], {}, 2),
];

const shapes: readonly Foreign[] = [
  one('Reshape', 13, [x(2, 3, 4), ints(0, -1)]),
  fixed('Reshape', 14, [x(2, 3, 4), ints(4, 6)]),
  one('Reshape', 14, [x(2, 0, 4), ints(0, 5)], { allowzero: 1 }),
  one('Flatten', 9, [x(2, 3, 4)]),
  one('Flatten', 13, [x(2, 3, 4)], { axis: -1 }),
  one('Flatten', 13, [x(2, 3, 4)], { axis: 3 }),
  one('Flatten', 13, [x(2, 3, 4)], { axis: 0 }),
  one('Squeeze', 11, [x(2, 1, 3, 1)]),
  one('Squeeze', 11, [x(2, 1, 3, 1)], { axes: [1] }),
  one('Squeeze', 13, [x(2, 1, 3, 1), ints(-1)]),
  one('Unsqueeze', 11, [x(2, 3)], { axes: [0, 3] }),
  one('Unsqueeze', 13, [x(2, 3), ints(-1, 1)]),
  one('Transpose', 13, [x(2, 3, 4)]),
  one('Transpose', 13, [x(2, 3, 4)], { perm: [1, 0, 2] }),
  one('Concat', 13, [x(2, 3), y(2, 4)], { axis: -1 }),
  one('Slice', 9, [x(4, 5)], { starts: [1, -3], ends: [1000, -1] }),
  one('Slice', 9, [x(4, 5)], { starts: [1], ends: [3], axes: [1] }),
  one('Slice', 13, [x(4, 5), ints(-1, 0), ints(-1000, Number.MAX_SAFE_INTEGER), ints(0, 1), ints(-1, 2)]),
  one('Slice', 13, [x(4, 5), ints(-(2 ** 40)), ints(2 ** 40)]),
  fixed('Split', 11, [x(6, 4)], { split: [1, 5] }, 2),
  fixed('Split', 11, [x(6, 4)], { axis: 1 }, 2),
  fixed('Split', 13, [x(6, 4), ints(2, 4)], {}, 2),
  fixed('Split', 18, [x(7, 4)], { num_outputs: 3 }, 3),
  one('Pad', 10, [x(2, 3)], { pads: [0, 1, 2, 0], value: { float: 0.5 } }),
  one('Pad', 10, [x(4, 5)], { pads: [1, 2, 1, 0], mode: 'reflect' }),
  one('Pad', 13, [x(4, 5), ints(1, -1, 0, 2), float(2)]),
  one('Pad', 13, [x(4, 5), ints(1, 1, 0, 2)], { mode: 'edge' }),
  one('Pad', 18, [x(4, 5), ints(1, 2), null, ints(-1)]),
  one('Expand', 13, [x(3, 1), ints(2, 1, 4)]),
  one('Tile', 13, [x(2, 3), ints(2, 3)]),
  one('ConstantOfShape', 9, [ints(2, 3)], { value: float32([1], [1.5]) }),
  one('ConstantOfShape', 9, [ints(2, 3)]),
  one('Constant', 13, [], { value: float32([2, 2], [1, 2, 3, 4]) }),
  one('Constant', 13, [], { value_float: { float: 1.5 } }),
  one('Constant', 13, [], { value_floats: { floats: [1.5, 2.5] } }),
  one('Constant', 13, [], { value_int: 3 }),
  one('Constant', 13, [], { value_ints: [3, 4] }),
  one('Shape', 13, [x(2, 3, 4)]),
  one('Shape', 15, [x(2, 3, 4)], { start: 1 }),
  one('Shape', 15, [x(2, 3, 4)], { start: -2, end: -1 }),
  one('Size', 13, [x(2, 3, 4)]),
  one('Range', 11, [int(2), int(11), int(3)]),
  one('Range', 11, [float(1), float(-1), float(-0.5)]),
  one('DepthToSpace', 11, [x(2, 8, 2, 3)], { blocksize: 2 }),
  one('DepthToSpace', 13, [x(2, 8, 2, 3)], { blocksize: 2, mode: 'CRD' }),
  fixed('SpaceToDepth', 13, [x(2, 2, 4, 6)], { blocksize: 2 }),
];

const indexing: readonly Foreign[] = [
  one('Gather', 11, [x(3, 4), int(1)], { axis: 1 }),
  one('Gather', 13, [x(3, 4), ints(-1)], { axis: 0 }),
  one('Gather', 13, [x(3, 4), whole(-3, 3, 2, 2)]),
  one('GatherElements', 13, [x(3, 4), whole(0, 3, 2, 4)]),
  fixed('GatherND', 13, [x(3, 4, 2), whole(0, 3, 5, 2)]),
  fixed('Scatter', 9, [x(3, 4), known(int64([1, 2], [1, 0])), y(1, 2)], { axis: 1 }),
  fixed('ScatterElements', 11, [x(3, 4), known(int64([1, 2], [1, 0])), y(1, 2)]),
  one('ScatterElements', 16, [x(3, 4), whole(0, 3, 2, 4), y(2, 4)], { reduction: 'add' }),
  fixed('ScatterND', 13, [x(3, 4), known(int64([2, 1], [2, 0])), y(2, 4)]),
  one('OneHot', 11, [whole(-3, 3, 4), int(3), floats(0.25, 2)]),
  one('OneHot', 11, [whole(0, 5, 2, 4), ints(3), floats(0, 1)], { axis: 1 }),
  one('TopK', 9, [x(3, 6)], { k: 2 }, 2),
  one('TopK', 11, [x(3, 6), ints(2)], { axis: 0, largest: 0 }, 2),
  one('ArgMax', 11, [x(3, 6)]),
  one('ArgMax', 13, [x(3, 6)], { axis: -1, keepdims: 0 }),
  one('ArgMin', 13, [x(3, 6)], { axis: 1 }),
  one('NonZero', 13, [whole(0, 2, 3, 4)]),
  one('CumSum', 14, [x(3, 4), int(1)]),
  one('CumSum', 14, [x(3, 4), int(-1)], { exclusive: 1, reverse: 1 }),
  fixed('NonMaxSuppression', 11, [positive(1, 6, 4), x(1, 2, 6), int(3), float(0.3), float(-0.5)]),
  one('NonMaxSuppression', 11, [positive(1, 6, 4), x(1, 2, 6), ints(3), floats(0.3)], { center_point_box: 1 }),
  ...[10, 16].map((opset) =>
    one('RoiAlign', opset, [x(1, 2, 8, 8), known(float32([2, 4], [0, 0, 4, 5, 1, 1, 7, 6])), ints(0, 0)], {
      output_height: 2,
      output_width: 3,
      sampling_ratio: 2,
      spatial_scale: { float: 0.75 },
    }),
  ),
];

const reductions: readonly Foreign[] = [
  ...['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceSumSquare', 'ReduceL1', 'ReduceL2', 'ReduceLogSumExp'].flatMap(
    (op) => [
      one(op, 11, [x(2, 3, 4)], { axes: [1, -1], keepdims: 0 }),
      one(op, 18, [x(2, 3, 4), ints(0)]),
      one(op, 18, [x(2, 3, 4)]),
      one(op, 18, [x(2, 3, 4)], { noop_with_empty_axes: 1 }),
    ],
  ),
  one('ReduceLogSum', 13, [positive(2, 3)], { axes: [1] }),
  one('ReduceSum', 13, [x(2, 3, 4), ints(-1)], { keepdims: 0 }),
  one('Softmax', 11, [x(2, 3, 4)]),
  one('Softmax', 11, [x(2, 3, 4)], { axis: 2 }),
  one('Softmax', 13, [x(2, 3, 4)]),
  one('Softmax', 13, [x(2, 3, 4)], { axis: 1 }),
  one('LogSoftmax', 11, [x(2, 3, 4)]),
  one('LogSoftmax', 13, [x(2, 3, 4)], { axis: 0 }),
  one('MatMul', 13, [x(3, 4), y(4, 5)]),
  one('MatMul', 13, [x(2, 3, 4), y(4, 5)]),
  one('MatMul', 13, [x(4), y(2, 4, 5)]),
  one('MatMul', 13, [x(2, 3, 4), y(4)]),
  one('MatMul', 13, [x(4), y(4)]),
  one('com.microsoft.FusedMatMul', 17, [x(2, 4, 3), y(2, 5, 4)], { transA: 1, transB: 1, alpha: { float: 0.5 } }),
  fixed('Gemm', 9, [x(3, 4), y(5, 4), floats(1, 2, 3, 4, 5)], { transB: 1 }),
  one('Gemm', 11, [x(3, 4), y(4, 5)]),
  one('Gemm', 13, [x(4, 3), y(5, 4), positive(3, 1)], { transA: 1, transB: 1, alpha: { float: 0.5 }, beta: { float: 2 } }),
  one('LayerNormalization', 17, [x(2, 3, 4), y(4), positive(4)], { epsilon: { float: 1e-3 } }),
  one('LayerNormalization', 17, [x(2, 3, 4), y(3, 4)], { axis: 1 }, 3),
  one('InstanceNormalization', 13, [x(2, 3, 4, 5), y(3), positive(3)]),
  fixed('GroupNormalization', 18, [x(2, 6, 4), y(3), positive(3)], { num_groups: 3 }),
  one('GroupNormalization', 21, [x(2, 6, 4), y(6), positive(6)], { num_groups: 3 }),
  one('LRN', 13, [x(2, 7, 3, 4)], { size: 5, alpha: { float: 0.5 }, bias: { float: 2 } }),
  one('LRN', 13, [x(2, 7, 3, 2)], { size: 3 }),
  one('LpNormalization', 13, [x(2, 3)]),
];

const w = (...shape: number[]): ForeignInput => known((fed('w', { shape }) as { feed: Tensor }).feed);
const statistics: readonly ForeignInput[] = [y(3), y(3), y(3), positive(3)];

const windows: readonly Foreign[] = [
  one('Conv', 11, [x(2, 4, 7, 8), w(6, 2, 3, 3)], { group: 2, pads: [1, 0, 2, 1], strides: [2, 1], dilations: [1, 2] }),
  one('Conv', 11, [x(2, 3, 7), w(4, 3, 3), floats(1, 2, 3, 4)], { kernel_shape: [3] }),
  ...['SAME_UPPER', 'SAME_LOWER'].flatMap((auto_pad) => [
    fixed('Conv', 11, [x(1, 2, 7, 8), w(3, 2, 4, 3)], { auto_pad, strides: [2, 3] }),
    fixed('MaxPool', 12, [x(1, 2, 7, 8)], { auto_pad, kernel_shape: [4, 3], strides: [2, 3] }),
    fixed('AveragePool', 11, [x(1, 2, 7, 8)], { auto_pad, kernel_shape: [4, 3], strides: [2, 3] }),
  ]),
  ...['SAME_UPPER', 'SAME_LOWER', 'VALID'].flatMap((auto_pad) => [
    one('Conv', 11, [x(1, 2, 7, 8), w(3, 2, 2, 3)], { auto_pad }),
    one('ConvTranspose', 11, [x(1, 2, 4, 5), w(2, 3, 4, 3)], { auto_pad, strides: [2, 3] }),
  ]),
  one('ConvTranspose', 11, [x(2, 4, 4, 5), w(4, 3, 3, 3), floats(1, 2, 3, 4, 5, 6)], {
    group: 2,
    strides: [2, 3],
    pads: [1, 0, 0, 1],
    output_padding: [1, 2],
  }),
  fixed('ConvTranspose', 11, [x(1, 2, 4, 5), w(2, 3, 3, 3)], { strides: [2, 3], output_shape: [8, 14] }),
  one('MaxPool', 8, [x(1, 2, 7, 8)], { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1] }),
  one('MaxPool', 12, [x(1, 2, 7, 8)], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  one('MaxPool', 12, [x(1, 2, 9, 9)], { kernel_shape: [2, 2], dilations: [3, 2], pads: [1, 1, 1, 1] }),
  one('MaxPool', 12, [x(1, 2, 7)], { kernel_shape: [3], pads: [2, 2] }),
  one('AveragePool', 7, [x(1, 2, 7, 8)], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 }),
  one('AveragePool', 10, [x(1, 2, 7, 8)], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  one('AveragePool', 11, [x(1, 2, 7, 8)], { kernel_shape: [3, 3], strides: [2, 2], pads: [2, 2, 2, 2] }),
  one('AveragePool', 11, [x(1, 2, 8, 8)], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  one('GlobalAveragePool', 7, [x(2, 3, 4, 5)]),
  one('GlobalMaxPool', 7, [x(2, 3, 4, 5)]),
  one('BatchNormalization', 7, [x(2, 3, 4, 5), ...statistics], { epsilon: { float: 1e-3 } }),
  one('BatchNormalization', 15, [x(2, 3), ...statistics]),
  one('BatchNormalization', 15, [x(4, 3, 5), ...statistics], { training_mode: 1, momentum: { float: 0.7 } }, 3),
];

/** How nearest neighbours are taken in ways that sizes may be open in. */
const direct = ['asymmetric floor', 'half_pixel round_prefer_ceil', 'pytorch_half_pixel round_prefer_ceil'];

const resizing: readonly Foreign[] = [
  one('Upsample', 7, [x(1, 2, 3, 4)], { scales: { floats: [1, 1, 2, 3] } }),
  one('Upsample', 9, [x(1, 2, 3, 4), floats(1, 1, 2, 2)], { mode: 'linear' }),
  one('Resize', 10, [x(1, 2, 3, 4), floats(1, 1, 2, 3)]),
  fixed('Resize', 10, [x(1, 2, 4, 6), floats(1, 1, 0.5, 2)], { mode: 'linear' }),
  ...['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric'].flatMap((coordinate_transformation_mode) => [
    one('Resize', 13, [x(1, 2, 4, 5), null, null, ints(1, 2, 6, 3)], { coordinate_transformation_mode, mode: 'linear' }),
    fixed('Resize', 13, [x(1, 2, 4, 5), null, floats(1, 1, 1.3, 0.7)], { coordinate_transformation_mode, mode: 'linear' }),
    fixed('Resize', 13, [x(1, 2, 4, 5), null, null, ints(1, 2, 6, 3)], { coordinate_transformation_mode, mode: 'cubic' }),
    {
      ...one('Resize', 13, [x(1, 2, 4, 5), null, null, ints(1, 2, 1, 9)], { coordinate_transformation_mode, mode: 'linear' }),
      sized: coordinate_transformation_mode.startsWith('pytorch'),
    },
    ...['floor', 'ceil', 'round_prefer_floor', 'round_prefer_ceil'].map((nearest_mode) => ({
      ...one('Resize', 13, [x(1, 2, 4, 6), null, null, ints(1, 2, 7, 3)], { coordinate_transformation_mode, nearest_mode }),
      sized: !direct.includes(`${coordinate_transformation_mode} ${nearest_mode}`),
    })),
  ]),
  one('Resize', 13, [x(1, 2, 4, 5), null, floats(1, 1, 2, 3)]),
  fixed('Resize', 13, [x(1, 2, 4, 5), null, floats(1, 1, 2, 3)], {
    mode: 'cubic',
    exclude_outside: 1,
    cubic_coeff_a: { float: -0.5 },
  }),
  fixed('Resize', 18, [x(1, 2, 8, 9), null, null, ints(3, 4)], { axes: [2, 3], mode: 'linear', antialias: 1 }),
  fixed('Resize', 18, [x(1, 2, 8, 9), null, null, ints(3, 4)], { axes: [2, 3], mode: 'cubic', antialias: 1 }),
  fixed('Resize', 18, [x(1, 2, 8, 9), null, null, ints(3, 4)], {
    axes: [2, 3],
    mode: 'linear',
    antialias: 1,
    exclude_outside: 1,
  }),
  one('Resize', 18, [x(1, 2, 8, 9), null, floats(2, 2)], { axes: [3, 2] }),
];

export const foreignCases: Readonly<Record<string, readonly Foreign[]>> = {
  elementwise,
  shapes,
  indexing,
  reductions,
  windows,
  resizing,
};

/** The shapes every operator gives, with named dims, and what it says when it refuses. */
import { describe, expect, it } from 'vitest';
import type { DType } from '../../base/dtype.ts';
import { float32 } from '../../base/tensor.ts';
import { GraphBuilder } from '../ir/builder.ts';
import { type Attr, type Dim, describeType, type OpName, type TensorType } from '../ir/graph.ts';
import { shapeRules } from './table.ts';

const of = (dtype: DType, ...shape: Dim[]): TensorType => ({ dtype, shape });
const f = (...shape: Dim[]): TensorType => of('float32', ...shape);
const i = (...shape: Dim[]): TensorType => of('int64', ...shape);
const b = (...shape: Dim[]): TensorType => of('bool', ...shape);

type Attrs = Readonly<Record<string, Attr>>;

function outputs(op: OpName, inputs: readonly TensorType[], attrs: Attrs = {}): string {
  const builder = new GraphBuilder(shapeRules);
  const values = inputs.map((type, n) => builder.input(`x${n}`, type));
  return builder
    .inScope('layer1.0', () => builder.applyAll(op, values, attrs as never))
    .map(({ type }) => describeType(type))
    .join(' ');
}

const slice = (axes: number[], starts: Dim[], ends: Dim[], steps: number[]): Attrs => ({ axes, starts, ends, steps });
const toEnd = 2 ** 31 - 1;
const pad = (before: Dim[], after: Dim[], mode = 'constant'): Attrs => ({ before, after, value: 0, mode });
const no = { transA: false, transB: false };
const nms: Attrs = { iouThreshold: 0.5, scoreThreshold: undefined, maxPerClass: 9, count: 'kept' };

describe('shape rules', () => {
  const cases: readonly (readonly [OpName, readonly TensorType[], Attrs, string])[] = [
    ['add', [f('N', 3, 1), f(5)], {}, 'float32[N, 3, 5]'],
    ['mul', [f('N', 1, 'W'), f(1, 'H', 'W')], {}, 'float32[N, H, W]'],
    ['mod', [i(4), i()], {}, 'int64[4]'],
    ['less', [f('N', 2), f(2)], {}, 'bool[N, 2]'],
    ['equal', [b(2), b(2)], {}, 'bool[2]'],
    ['and', [b('N', 1), b(3)], {}, 'bool[N, 3]'],
    ['where', [b('N', 1), i(3), i()], {}, 'int64[N, 3]'],
    ['exp', [f('N')], {}, 'float32[N]'],
    ['constant', [], { value: float32([2, 1], [1, 2]) }, 'float32[2, 1]'],
    ['cast', [f('N')], { to: 'int32' }, 'int32[N]'],
    ['dimSize', [], { dim: '2*N+1' }, 'int64[]'],
    ['range', [], { length: 'N' }, 'int64[N]'],
    ['shapeOf', [f('N', 3, 'H')], {}, 'int64[3]'],
    ['reshape', [f('N', 4, 'H', 'W')], { shape: ['N', -1] }, 'float32[N, 4*H*W]'],
    ['reshape', [f('N', 4, 'H')], { shape: ['N', 2, -1, 'H'] }, 'float32[N, 2, 2, H]'],
    ['reshape', [f('N', 6)], { shape: [2, -1] }, 'float32[2, 3*N]'],
    ['reshape', [f(0, 3)], { shape: [-1, 3] }, 'float32[0, 3]'],
    ['reshape', [f('H', 'W')], { shape: ['H*W'] }, 'float32[H*W]'],
    ['transpose', [f('N', 3, 'W')], { perm: [2, 0, -2] }, 'float32[W, N, 3]'],
    ['concat', [f('A', 2), f('B', 2), f(3, 2)], { axis: 0 }, 'float32[A+B+3, 2]'],
    ['slice', [f('N', 9)], slice([1], [2], [-1], [2]), 'float32[N, 3]'],
    ['slice', [f('N')], slice([0], [1], [toEnd], [2]), 'float32[floor(N/2)]'],
    ['slice', [f('N')], slice([-1], [-5], [-1], [1]), 'float32[4]'],
    ['slice', [f(5)], slice([0], [toEnd], [-toEnd], [-1]), 'float32[5]'],
    ['slice', [f(5)], slice([0], [4], [2], [1]), 'float32[0]'],
    ['slice', [f('A+B')], slice([0], ['A'], ['A+B'], [1]), 'float32[B]'],
    ['pad', [f('N', 3)], pad([1, 0], ['M', 2]), 'float32[M+N+1, 5]'],
    ['expand', [f('N', 1)], { shape: [2, 'N', 4] }, 'float32[2, N, 4]'],
    ['gather', [f('N', 5, 'W'), i('K', 2)], { axis: 1 }, 'float32[N, K, 2, W]'],
    ['gather', [f(5), i()], { axis: 0 }, 'float32[]'],
    ['gatherElements', [f('N', 5), i('N', 'K')], { axis: 1 }, 'float32[N, K]'],
    ['gatherND', [f('N', 5, 'W'), i('K', 2)], {}, 'float32[K, W]'],
    ['scatterElements', [f('N', 5), i('N', 'K'), f('N', 'K')], { axis: 1, reduction: 'add' }, 'float32[N, 5]'],
    ['scatterND', [f('N', 5), i('K', 1), f('K', 5)], { reduction: 'none' }, 'float32[N, 5]'],
    ['oneHot', [i('N')], { depth: 10 }, 'bool[N, 10]'],
    ['topK', [f('N', 'A')], { k: 'K', axis: 1, largest: true }, 'float32[N, K] int64[N, K]'],
    ['argMax', [f('N', 5)], { axis: -1, keepDims: true }, 'int64[N, 1]'],
    ['nonZero', [b('N', 5)], { count: 'found' }, 'int64[found, 2]'],
    ['nonMaxSuppression', [f(1, 'A', 4), f(1, 2, 'A')], nms, 'int64[kept, 3]'],
    [
      'roiAlign',
      [f('N', 256, 'H', 'W'), f('K', 4), i('K')],
      { height: 7, width: 7, spatialScale: 0.25, samplingRatio: 2, aligned: false },
      'float32[K, 256, 7, 7]',
    ],
    [
      'resize',
      [f('N', 3, 'H', 'W')],
      { size: ['2*H', '2*W'], mode: 'nearest', coordinates: 'asymmetric' },
      'float32[N, 3, 2*H, 2*W]',
    ],
    ['sum', [f('N', 3, 'W')], { axes: [0, -1], keepDims: false }, 'float32[3]'],
    ['mean', [f('N', 3, 'W')], { axes: [0, -1], keepDims: true }, 'float32[1, 3, 1]'],
    ['softmax', [f('N', 3)], { axis: -1 }, 'float32[N, 3]'],
    ['cumSum', [i('N', 3)], { axis: -1, reverse: true }, 'int64[N, 3]'],
    ['matmul', [f('N', 1, 3, 'K'), f(4, 'K', 5)], no, 'float32[N, 4, 3, 5]'],
    ['matmul', [f('K', 3), f(5, 'K')], { transA: true, transB: true }, 'float32[3, 5]'],
    ['linear', [f('N', 'L', 7), f(5, 7), f(5)], {}, 'float32[N, L, 5]'],
  ];
  it.each(cases)('%s %j %j gives %s', (op, inputs, attrs, expected) => {
    expect(outputs(op, inputs, attrs)).toBe(expected);
  });
});

describe('errors say what was expected and what came', () => {
  const cases: readonly (readonly [OpName, readonly TensorType[], Attrs, string])[] = [
    ['add', [f(2)], {}, 'takes 2 inputs, 1 came'],
    ['add', [f(2), i(2)], {}, 'takes equal element types, float32[2] and int64[2] came'],
    ['add', [b(2), b(2)], {}, 'takes numbers, bool[2] came'],
    ['mul', [f('N', 3), f('M', 3)], {}, 'shapes [N, 3] and [M, 3] do not broadcast: N against M'],
    ['pow', [i(2), i(2)], {}, 'takes floating point, int64[2] came'],
    ['and', [b(2), f(2)], {}, 'takes bool, float32[2] came'],
    ['where', [f(2), f(2), f(2)], {}, 'takes bool, float32[2] came'],
    ['exp', [i(2)], {}, 'takes floating point, int64[2] came'],
    ['reshape', [f(2, 3)], { shape: [4, 2] }, 'cannot give [2, 3] (6 values) the shape [4, 2] (8 values)'],
    ['reshape', [f(2, 3)], { shape: [4, -1] }, 'cannot give [2, 3] the shape [4, -1]'],
    ['reshape', [f(2, 3)], { shape: [-1, -1] }, 'takes dims from 0 and at most one -1, [-1, -1] came'],
    ['reshape', [f('N', 3)], { shape: ['M', -1] }, 'cannot tell what -1 is in [M, -1]: "M" is no dim of [N, 3]'],
    ['transpose', [f(2, 3)], { perm: [0, 0] }, 'perm [0, 0] does not name each of 2 axes once'],
    ['concat', [f(2, 3), f(2, 4)], { axis: 0 }, 'takes equal shapes but for axis 0, float32[2, 3] and float32[2, 4] came'],
    ['concat', [f(2, 3)], { axis: 2 }, 'axis 2 does not exist in rank 2'],
    ['slice', [f(9)], slice([0], [0], [1], [0]), 'takes steps that are integers but 0, 0 came'],
    ['slice', [f(9)], slice([0], [0, 1], [1], [1]), 'takes 1 starts, ends and steps, 2, 1 and 1 came'],
    ['slice', [f(9)], slice([0, -1], [0, 0], [1, 1], [1, 1]), 'axes [0, -1] name one axis twice'],
    ['pad', [f(2, 3)], pad([1], [1, 1]), 'takes 2 entries before and after for float32[2, 3], 1 and 2 came'],
    ['pad', [f(2, 3)], pad([0, -1], [0, 0]), 'takes padding from 0, -1 came'],
    ['pad', [f(2, 3)], pad([2, 0], [0, 0], 'reflect'), 'cannot reflect 2 elements of an axis of 2'],
    ['expand', [f(2, 3)], { shape: [2, 1] }, 'cannot expand [2, 3] to [2, 1]'],
    ['gather', [f(2, 3), f(2)], { axis: 0 }, 'takes int64 or int32 indices, float32[2] came'],
    [
      'gatherElements',
      [f(2, 3), i(3, 3)],
      { axis: 1 },
      'takes indices of the rank and at most the size of float32[2, 3] off axis 1, int64[3, 3] came',
    ],
    ['gatherND', [f(2, 3), i(4, 3)], {}, 'takes coordinates of 1 to 2 axes of float32[2, 3], indices int64[4, 3] came'],
    ['scatterND', [f(2, 3), i(4, 1), f(4)], { reduction: 'add' }, 'takes updates of shape [4, 3], float32[4] came'],
    ['topK', [f(2, 3)], { k: 4, axis: 1, largest: true }, 'takes k from 0 to 3 along axis 1, 4 came'],
    ['nonZero', [f(2)], { count: '2 things' }, 'takes a name for the count of its results, "2 things" came'],
    ['sum', [f(2, 3)], { axes: [1, -1], keepDims: true }, 'axes [1, -1] name one axis twice'],
    ['softmax', [f(2, 3)], { axis: 2 }, 'axis 2 does not exist in rank 2'],
    ['matmul', [f(2, 3), f(4, 5)], no, 'float32[2, 3] has 3 columns, float32[4, 5] has 4 rows'],
    ['matmul', [f(3), f(3, 5)], no, 'takes matrices, float32[3] came'],
    ['linear', [f('N', 6), f(5, 7)], {}, 'input has 6 features, weight expects 7'],
    ['linear', [f('N', 7), f(5, 7), f(7)], {}, 'takes a bias [5], float32[7] came'],
    ['resize', [f(4)], { size: [2, 2], mode: 'linear', coordinates: 'half_pixel' }, 'takes at most 1 sizes, [2, 2] came'],
  ];
  it.each(cases)('%s %j %j: %s', (op, inputs, attrs, message) => {
    expect(() => outputs(op, inputs, attrs)).toThrow(
      expect.objectContaining({ code: 'shape', message: `${op} (layer1.0): ${message}` }),
    );
  });
});

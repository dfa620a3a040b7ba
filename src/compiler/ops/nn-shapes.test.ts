import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../ir/builder.ts';
import type { Dim, TensorType, Value } from '../ir/graph.ts';
import * as f from './functions-nn.ts';
import { opTable, rulesOf, shapeRules } from './table.ts';

function values(...shapes: readonly (readonly Dim[])[]): readonly Value[] {
  const builder = new GraphBuilder(shapeRules);
  return shapes.map((shape, i) => builder.input(`input${i}`, { dtype: 'float32', shape }));
}

const float = (...shape: readonly Dim[]): TensorType => ({ dtype: 'float32', shape });

describe('convolutions', () => {
  const shapeOf = (x: readonly Dim[], w: readonly Dim[], options: f.ConvOptions): readonly Dim[] => {
    const [a, b] = values(x, w) as [Value, Value];
    return f.conv(a, b, undefined, options).type.shape;
  };

  it('round the count of windows down', () => {
    expect(shapeOf([2, 3, 224, 224], [64, 3, 7, 7], { stride: 2, padding: 3 })).toEqual([2, 64, 112, 112]);
    expect(shapeOf([2, 3, 9], [4, 3, 3], { dilation: 2 })).toEqual([2, 4, 5]);
    expect(shapeOf([1, 3, 8, 112, 112], [64, 3, 3, 7, 7], { stride: [1, 2, 2], padding: [1, 3, 3] })).toEqual([1, 64, 8, 56, 56]);
  });

  it('carry named dims', () => {
    expect(shapeOf(['N', 3, 'H', 'W'], [8, 3, 3, 3], { padding: 1 })).toEqual(['N', 8, 'H', 'W']);
    expect(shapeOf(['N', 3, 'H', 224], [8, 3, 3, 3], { padding: 1, stride: 2 })).toEqual(['N', 8, 'floor(H+1/2)', 112]);
  });

  it('say what does not fit', () => {
    expect(() => shapeOf([1, 3, 8, 8], [64, 64, 3, 3], {})).toThrow('conv: input has 3 channels, weight expects 64');
    expect(() => shapeOf([1, 4, 8, 8], [6, 1, 3, 3], { groups: 4 })).toThrow('6 output channels do not fall into 4 groups');
    expect(() => shapeOf([1, 3, 2, 2], [4, 3, 3, 3], {})).toThrow(/a window reaches over 3 elements.*: too small an input$/);
    expect(() => shapeOf([1, 3, 8, 8], [4, 3, 3, 3], { stride: 0 })).toThrow('takes integers from 1 for strides, 0 came');
    expect(() => shapeOf([1, 3, 8, 8], [4, 3, 3, 3], { padding: { before: [-1, 0], after: [0, 0] } })).toThrow('integers from 0');
    expect(() => shapeOf([1, 3, 8, 8], [4, 3, 3, 3], { pad: 1 } as f.ConvOptions)).toThrow('unknown option "pad"');
  });

  it('transpose: the inverse of the shape rule', () => {
    const [x, w] = values([2, 8, 'H', 7], [8, 4, 3, 3]) as [Value, Value];
    const y = f.convTranspose(x, w, undefined, { stride: 2, padding: 1, outputPadding: 1 });
    expect(y.type.shape).toEqual([2, 4, '2*H', 14]);
    expect(() => f.convTranspose(x, w, undefined, { outputPadding: 1 })).toThrow('below the stride 1');
  });

  it('count multiply-adds as torchvision does, bias left out', () => {
    const builder = new GraphBuilder(shapeRules);
    const inputs = [[1, 32, 14, 14], [64, 8, 3, 3], [64]].map((shape, i) => builder.input(`i${i}`, float(...shape)));
    const attrs = { strides: [2, 2], padsBegin: [1, 1], padsEnd: [1, 1], dilations: [1, 1], groups: 4 };
    builder.apply('conv', inputs, attrs);
    const node = builder.nodes[0];
    if (!node) throw new Error('no node');
    expect(rulesOf(node).cost(node).multiplyAdds).toBe(64 * 7 * 7 * 8 * 9);
  });
});

describe('pools', () => {
  const pooled = (shape: readonly Dim[], options: f.MaxPoolOptions): readonly Dim[] =>
    f.maxPool(values(shape)[0] as Value, options).type.shape;

  it('round down, or up with ceilMode', () => {
    expect(pooled([1, 64, 112, 112], { kernel: 3, stride: 2, padding: 1 })).toEqual([1, 64, 56, 56]);
    expect(pooled([1, 64, 112, 111], { kernel: 3, stride: 2, ceilMode: true })).toEqual([1, 64, 56, 55]);
    expect(pooled([1, 64, 'H', 'W'], { kernel: 3, stride: 2, ceilMode: true })).toEqual([1, 64, 'floor(H/2)', 'floor(W/2)']);
  });

  it('leave out a window that would begin in the padding at the end', () => {
    expect(pooled([1, 2, 4, 5], { kernel: 2, stride: 3, padding: 1, ceilMode: true })).toEqual([1, 2, 2, 2]);
    expect(() => pooled([1, 2, 'H', 5], { kernel: 2, stride: 3, ceilMode: true })).toThrow('needs static dims, "H" is named');
  });

  it('take padding up to half the kernel', () => {
    expect(() => pooled([1, 2, 8, 8], { kernel: 2, padding: 2 })).toThrow('takes padding up to half the kernel');
  });

  it('adapt to an output size where windows are alike', () => {
    const [x] = values(['N', 8, 14, 14]) as [Value];
    expect(f.adaptiveAvgPool(x, 7).type.shape).toEqual(['N', 8, 7, 7]);
    expect(f.adaptiveAvgPool(x, 1).type.shape).toEqual(['N', 8, 1, 1]);
    expect(f.adaptiveAvgPool(x, [5, 20]).type.shape).toEqual(['N', 8, 5, 20]);
  });
});

describe('batch norm', () => {
  it('takes one number a channel', () => {
    const [x, scale] = values(['N', 8, 'H', 'W'], [4]) as [Value, Value];
    expect(() => f.batchNorm(x, scale, scale, scale, scale)).toThrow('takes vectors of shape [8]');
  });

  it('gives statistics in training, of more than one value a channel', () => {
    const [x, v, one] = values([2, 8, 3, 3], [8], [1, 8, 1, 1]) as [Value, Value, Value];
    const { y, mean, variance } = f.batchNormTrain(x, v, v);
    expect([y, mean, variance].map(({ type }) => type.shape)).toEqual([[2, 8, 3, 3], [8], [8]]);
    expect(() => f.batchNormTrain(one, v, v)).toThrow('takes more than one value per channel in training');
  });
});

describe('gradient operators', () => {
  it('refuse a dy that the forward operator would not give', () => {
    const attrs = { strides: [2, 2], padsBegin: [1, 1], padsEnd: [1, 1], dilations: [1, 1], groups: 1 };
    const weight = float(4, 3, 3, 3);
    const inputShape = [8, 8];
    expect(opTable.convInputGrad.shape([float(2, 4, 4, 4), weight], { ...attrs, inputShape })).toEqual([float(2, 3, 8, 8)]);
    expect(() => opTable.convInputGrad.shape([float(2, 4, 5, 4), weight], { ...attrs, inputShape })).toThrow('[4, 4]');
    const weightGrad = { ...attrs, kernelShape: [3, 3] };
    expect(() => opTable.convWeightGrad.shape([float(2, 3, 8, 8), float(2, 4, 5, 4)], weightGrad)).toThrow('[2, 4, 4, 4]');
    expect(() => opTable.siluGrad.shape([float(2), float(2), float(3)], {})).toThrow('values of one type');
  });
});

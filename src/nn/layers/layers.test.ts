/** Layers: keys, shapes, options, errors, and what training adds. */
import { expect, test } from 'vitest';
import type { Value } from '../../compiler/ir/graph.ts';
import { printGraph } from '../../compiler/ir/print.ts';
import * as nn from '../index.ts';
import { trace } from '../trace.ts';

const picture = { input: { dtype: 'float32', shape: ['N', 3, 8, 8] } } as const;

test('a convolution knows its weight, its options and its errors', () => {
  const conv = new nn.Conv2d(4, 8, [3, 5], { stride: 2, padding: [1, 2], groups: 2, bias: false });
  expect([...nn.stateDictTypes(conv)]).toEqual([['weight', { dtype: 'float32', shape: [8, 2, 3, 5] }]]);
  expect(() => new nn.Conv2d(3, 8, 3, { groups: 2 })).toThrow('conv2d: 2 groups do not divide 3 input and 8 output channels');
  expect(() => new nn.Conv2d(3, 8, [3, 3, 3])).toThrow('conv2d: kernel size must be one or 2 integers of at least 1');
  expect(() => new nn.Conv2d(3, 8, 3, { strides: 2 } as object)).toThrow('conv2d: unknown option "strides"');
  expect(() => new nn.Conv2d(0, 8, 3)).toThrow('conv2d: input channels must be an integer of at least 1, 0 came');
});

test('wrong channels are reported with the module path', () => {
  const net = new nn.Sequential({ body: new nn.Sequential(new nn.Conv2d(4, 8, 3)) });
  expect(() => trace(net, { inputs: picture })).toThrow(/conv \(body\.0\): input has 3 channels, weight expects 4/);
});

test('a three-dimensional convolution runs over clips', () => {
  const graph = trace(new nn.Conv3d(3, 8, 3, { padding: 1, stride: [1, 2, 2] }), {
    inputs: { clip: { dtype: 'float32', shape: ['N', 3, 4, 8, 8] } },
  });
  expect(graph.outputs[0]?.value.type.shape).toEqual(['N', 8, 4, 4, 4]);
});

test('batch normalization takes running statistics in inference and updates them in training', () => {
  const norm = new nn.BatchNorm2d(3, { eps: 1e-3, momentum: 0.01 });
  const inference = trace(norm, { inputs: picture });
  expect(inference.parameters.map(({ name }) => name)).toEqual(['weight', 'bias', 'running_mean', 'running_var']);
  expect(printGraph(inference)).toContain('batchNorm(%0, %1, %2, %3, %4) {epsilon=0.001}');

  const builder = new nn.Trace(nn.pathsOf(norm), 'training');
  const input = builder.input('input', { dtype: 'float32', shape: [2, 3, 8, 8] });
  norm.call(input);
  expect(builder.updates.map(({ path, value }) => [path, value.type.dtype, value.type.shape])).toEqual([
    ['running_mean', 'float32', [3]],
    ['running_var', 'float32', [3]],
    ['num_batches_tracked', 'int64', []],
  ]);
  const one = new nn.Trace(nn.pathsOf(norm), 'training').input('input', { dtype: 'float32', shape: [1, 3, 1, 1] });
  expect(() => norm.call(one)).toThrow('takes more than one value per channel in training');
  expect(() => trace(norm, { inputs: { input: { dtype: 'float32', shape: ['N', 4, 8, 8] } } })).toThrow(
    'takes 4 axes with 3 channels',
  );
});

test('layer normalization takes its features in the last axis, or in the channels of pictures', () => {
  const graph = trace(new nn.LayerNorm2d(3, { eps: 1e-6 }), { inputs: picture });
  expect(graph.parameters.map(({ name }) => name)).toEqual(['weight', 'bias']);
  expect(graph.outputs[0]?.value.type.shape).toEqual(['N', 3, 8, 8]);
  expect(printGraph(graph)).toContain('{epsilon=0.000001}');
  expect(() => trace(new nn.LayerNorm(3), { inputs: picture })).toThrow('takes 3 features in the last axis, [N, 3, 8, 8] came');
  expect(() => new nn.LayerNorm(0)).toThrow('layerNorm: features must be an integer of at least 1, 0 came');
});

test('dropout and stochastic depth take masks in training alone, and none at probability 0', () => {
  const net = new nn.Sequential(new nn.Dropout({ p: 0.2 }), new nn.StochasticDepth({ p: 0.1 }), new nn.Dropout({ p: 0 }));
  const masksOf = (mode: nn.Mode): readonly nn.MaskInput[] => {
    const builder = new nn.Trace(nn.pathsOf(net), mode);
    net.call(builder.input('input', picture.input));
    return builder.masks;
  };
  expect(masksOf('inference')).toEqual([]);
  expect(masksOf('training')).toEqual([
    { name: 'mask:0', shape: ['N', 3, 8, 8], keep: 0.8 },
    { name: 'mask:1', shape: ['N', 1, 1, 1], keep: 0.9 },
  ]);
  expect(() => new nn.Dropout({ p: 1.5 })).toThrow('dropout: p must be between 0 and 1, 1.5 came');
});

test('sequences are called in order under positions or names; lists under positions', () => {
  const named = new nn.Sequential({ first: new nn.Conv2d(3, 4, 1), second: new nn.Conv2d(4, 5, 1) });
  expect([...nn.stateDictTypes(named).keys()]).toEqual(['first.weight', 'first.bias', 'second.weight', 'second.bias']);
  expect(() => new nn.Sequential({ call: new nn.ReLU() })).toThrow('a module cannot be named "call"');
  const list = new nn.ModuleList([new nn.Linear(2, 3), new nn.Linear(3, 4, { bias: false })]);
  expect([...nn.stateDictTypes(list).keys()]).toEqual(['0.weight', '0.bias', '1.weight']);
  expect(list.at(1).outFeatures).toBe(4);
  expect(() => list.at(2)).toThrow('there is no module 2, it holds 2');
  const eleven = new nn.Sequential(...Array.from({ length: 11 }, (_, i) => new nn.Conv2d(i + 1, i + 2, 1)));
  expect([...eleven.children()].map(([name]) => name)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
});

test('pools and activations keep to torch', () => {
  const shapeOf = (net: nn.Module, size: number): readonly unknown[] =>
    trace(net, { inputs: { x: { dtype: 'float32', shape: [1, 3, size, size] } } }).outputs[0]?.value.type.shape ?? [];
  expect(shapeOf(new nn.MaxPool2d(3, { stride: 2, ceilMode: true }), 110)).toEqual([1, 3, 55, 55]);
  expect(shapeOf(new nn.MaxPool2d(3, { stride: 2 }), 110)).toEqual([1, 3, 54, 54]);
  expect(shapeOf(new nn.AvgPool2d(2), 7)).toEqual([1, 3, 3, 3]);
  expect(shapeOf(new nn.AdaptiveAvgPool2d(1), 7)).toEqual([1, 3, 1, 1]);
  expect(shapeOf(new nn.Flatten(), 7)).toEqual([1, 147]);
  expect(
    shapeOf(new nn.Sequential(new nn.ReLU(), new nn.ReLU6(), new nn.SiLU(), new nn.Sigmoid(), new nn.Hardswish()), 7),
  ).toEqual([1, 3, 7, 7]);
  expect(shapeOf(new nn.SqueezeExcitation(3, 1), 7)).toEqual([1, 3, 7, 7]);
});

test('a convolution block leaves its bias to the normalization', () => {
  const keys = (net: nn.Module): readonly string[] => [...nn.stateDictTypes(net).keys()];
  expect(keys(new nn.Conv2dNormActivation(3, 8))).toEqual([
    ...['0.weight', '1.weight', '1.bias', '1.running_mean', '1.running_var', '1.num_batches_tracked'],
  ]);
  expect(keys(new nn.Conv2dNormActivation(3, 8, { norm: false }))).toEqual(['0.weight', '0.bias']);
});

test('a batch norm that runs twice in a step updates its statistics one after the other, as torch does', () => {
  class Twice extends nn.Module {
    readonly norm = new nn.BatchNorm2d(3);
    protected override forward(x: Value): Value {
      return this.norm.call(this.norm.call(x));
    }
  }
  const model = new Twice();
  const builder = new nn.Trace(nn.pathsOf(model), 'training');
  model.call(builder.input('x', { dtype: 'float32', shape: [2, 3, 4, 4] }));
  expect(builder.updates.map(({ path }) => path)).toEqual(['norm.running_mean', 'norm.running_var', 'norm.num_batches_tracked']);
  const counted = builder.updates[2]?.value;
  const first = builder.nodes.find(({ outputs }) => counted !== undefined && outputs.includes(counted))?.inputs[0];
  expect(first).not.toBe(builder.of(model.norm.num_batches_tracked));
  expect(builder.nodes.some(({ outputs }) => first !== undefined && outputs.includes(first))).toBe(true);
});

/** Heads, embeddings, features and checkpoints of older forms. */
import { expect, test } from 'vitest';
import { densenet121 } from '../models/classification/densenet.ts';
import { mnasnet0_5 } from '../models/classification/mnasnet.ts';
import { resnet18 } from '../models/classification/resnet.ts';
import { squeezenet1_1 } from '../models/classification/squeezenet.ts';
import { Linear } from './layers/linear.ts';
import { Sequential } from './layers/sequential.ts';
import { adaptToCheckpoint, checkpointKeys, namedParameters } from './module.ts';
import { freeze, initialize, stateDict, stateDictTypes } from './state-dict.ts';
import { removeHead, replaceHead, replaceModule } from './surgery.ts';
import { trace } from './trace.ts';

const picture = { input: { dtype: 'float32', shape: ['N', 3, 64, 64] } } as const;

test('a new head has its classes, its initializer and no values of the old one', () => {
  const model = resnet18();
  freeze(model);
  initialize(model);
  expect(replaceHead(model, 7)).toBe('fc');
  expect(trace(model, { inputs: picture }).outputs[0]?.value.type.shape).toEqual(['N', 7]);
  expect([...namedParameters(model)].filter(([, { trainable }]) => trainable).map(([key]) => key)).toEqual([
    'fc.weight',
    'fc.bias',
  ]);
  const bound = 1 / Math.sqrt(512);
  const values = stateDict(model).get('fc.bias')?.data as Float32Array;
  expect(values).toHaveLength(7);
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
});

test('the convolution that classifies is a head too', () => {
  const model = squeezenet1_1();
  expect(replaceHead(model, 10)).toBe('classifier.1');
  expect(trace(model, { inputs: picture }).outputs[0]?.value.type.shape).toEqual(['N', 10]);
});

test('without a head a model gives embeddings', () => {
  const model = resnet18();
  expect(removeHead(model)).toBe(512);
  expect(trace(model, { inputs: picture }).outputs[0]?.value.type.shape).toEqual(['N', 512]);
  expect(() => removeHead(model, 'layer1')).toThrow('module "layer1" is no linear or convolutional layer');
  expect(() => replaceModule(model, 'layer9.0', model.relu)).toThrow('there is no module "layer9.0": the model has conv1');
});

test('features come from any module by its path', () => {
  const graph = trace(resnet18(), { inputs: picture, output: 'logits', features: ['layer2.1', 'layer4'] });
  expect(graph.outputs.map(({ name, value }) => [name, value.type.shape])).toEqual([
    ['logits', ['N', 1000]],
    ['layer2.1', ['N', 128, 8, 8]],
    ['layer4', ['N', 512, 2, 2]],
  ]);
});

test('keys of old checkpoints of DenseNet become those of today', () => {
  const model = densenet121();
  const keyOf = checkpointKeys(model);
  const old = 'features.denseblock2.denselayer11.norm.2.running_var';
  expect(keyOf(old)).toBe('features.denseblock2.denselayer11.norm2.running_var');
  expect(checkpointKeys(new Sequential(model))(`0.${old}`)).toBe('0.features.denseblock2.denselayer11.norm2.running_var');
  for (const key of stateDictTypes(model).keys()) expect(keyOf(key)).toBe(key);
});

test('what a module does not need is left out, and modules around it rename first', () => {
  class Inner extends Linear {
    override keyOf(key: string): string | undefined {
      return key === 'bias' ? undefined : key;
    }
  }
  class Outer extends Sequential {
    override keyOf(key: string): string {
      return key.replace(/^head\./, '0.');
    }
  }
  const keyOf = checkpointKeys(new Outer(new Inner(2, 2)));
  expect(['head.weight', 'head.bias', '0.bias', 'other'].map(keyOf)).toEqual(['0.weight', undefined, undefined, 'other']);
});

test("a checkpoint of MnasNet's first version turns the model to the fixed stem", () => {
  const old = new Map([...stateDictTypes(mnasnet0_5({ stem: 'fixed' }))].map(([key, { shape }]) => [key, shape]));
  expect([old.get('layers.0.weight'), old.get('layers.6.weight')]).toEqual([
    [32, 3, 3, 3],
    [16, 32, 1, 1],
  ]);
  const shapesOf = (model: ReturnType<typeof mnasnet0_5>): unknown =>
    [...stateDictTypes(model)].map(([key, { shape }]) => [key, shape]);
  const model = mnasnet0_5();
  const own = shapesOf(model);
  adaptToCheckpoint(model, new Map(own as [string, number[]][]));
  expect(shapesOf(model)).toEqual(own);
  adaptToCheckpoint(model, old);
  expect(shapesOf(model)).toEqual([...old]);
});

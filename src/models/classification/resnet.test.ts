/** Options of ResNet. */
import { expect, test } from 'vitest';
import { trace } from '../../nn/trace.ts';
import { Bottleneck, ResNet, resnet18, resnet50 } from './resnet.ts';

const picture = { input: { dtype: 'float32', shape: ['N', 4, 64, 64] } } as const;

test('strides give way to dilation, the first block of a layer keeping that of the layer before', () => {
  const model = resnet50({ inChannels: 4, replaceStrideWithDilation: [false, true, true] });
  const dilations = [model.layer3, model.layer4].map((layer) =>
    [...layer.children()].map(([, block]) => (block instanceof Bottleneck ? block.conv2.dilation[0] : undefined)),
  );
  expect(dilations).toEqual([
    [1, 2, 2, 2, 2, 2],
    [2, 4, 4],
  ]);
  const graph = trace(model, { inputs: picture, features: ['layer4'] });
  expect(graph.outputs[1]?.value.type.shape).toEqual(['N', 2048, 8, 8]);
});

test('basic blocks refuse what they have no place for', () => {
  expect(() => resnet18({ replaceStrideWithDilation: [false, false, true] })).toThrow('take bottleneck blocks');
  expect(() => new ResNet({ block: 'basic', layers: [1, 1, 1, 1], groups: 32 })).toThrow('take bottleneck blocks');
});

test('norm settings reach every normalization', () => {
  const model = resnet18({ norm: { eps: 1e-3, momentum: 0.01 } });
  expect([model.bn1.eps, model.bn1.momentum]).toEqual([1e-3, 0.01]);
  expect(
    trace(resnet18({ norm: { eps: 1e-3 } }), { inputs: { input: { dtype: 'float32', shape: [1, 3, 64, 64] } } })
      .nodes.filter(({ op }) => op === 'batchNorm')
      .every(({ attrs }) => 'epsilon' in attrs && attrs.epsilon === 1e-3),
  ).toBe(true);
});

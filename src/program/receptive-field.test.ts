/** Receptive fields: known values, and what really changes the last feature map. */
import { expect, test } from 'vitest';
import { tensor } from '../base/tensor.ts';
import { getModel } from '../models/registry.ts';
import {
  AdaptiveAvgPool2d,
  Conv2d,
  Flatten,
  Linear,
  MaxPool2d,
  type Module,
  namedParameters,
  Sequential,
  trace,
} from '../nn/index.ts';
import { nodeRuntime } from '../runtime/ort-node.ts';
import { compile } from './compile.ts';
import { receptiveField } from './receptive-field.ts';
import { summarize } from './summary.ts';

const sees = (model: Module, size: number, channels = 3) =>
  summarize(model, { inputShape: [1, channels, size, size] }).receptiveField;

// The table of Araujo et al.'s library (2019, https://distill.pub/2019/computing-receptive-fields), where the layers are the same.
test.each([
  ['alexnet', 195, 224],
  ['vgg16', 212, 224],
  ['mobilenet_v1', 315, 224],
  ['inception_v3', 1311, 299],
])('%s sees %i pixels, as published', async (name, expected, size) => {
  expect(sees(await getModel(name), size)).toEqual([expected, expected]);
});

/**
 * ResNet-50 by hand: torchvision strides in each stage's first 3x3 convolution, where the published 483 is of strides in each
 * stage's last block. 7 + 2·2 (pool) = 11 at stride 4; then 2·stride for each 3x3: 3·8, 8 + 3·16, 16 + 5·32, 32 + 2·64.
 */
test('resnet50 sees 427 pixels', async () => {
  expect(sees(await getModel('resnet50'), 224)).toEqual([427, 427]);
});

test('axes may differ, dilation counts, and the pooled map is not looked through', () => {
  const net = new Sequential(
    new Conv2d(3, 4, [1, 7], { padding: [0, 3] }),
    new MaxPool2d(2, { stride: 2 }),
    new Conv2d(4, 4, 3, { dilation: 2 }),
    new AdaptiveAvgPool2d(1),
    new Flatten(),
    new Linear(4, 2),
  );
  expect(sees(net, 32)).toEqual([1 + 1 + 8, 7 + 1 + 8]);
  expect(summarize(new Sequential(new Linear(4, 2)), { inputShape: [1, 4] }).receptiveField).toBeNull();
});

/**
 * The columns of a black picture that change the middle of a feature map when they are lit. All weights are positive and nothing is
 * added, so every path counts, and black stays zero; gates scale zero and so do not count.
 */
async function columnsSeen(model: Module, path: string, size: number): Promise<readonly number[]> {
  for (const [name, parameter] of namedParameters(model)) {
    if (!/weight$|running_var$/.test(name)) {
      parameter.value = tensor(parameter.dtype, parameter.shape);
      continue;
    }
    const value = tensor('float32', parameter.shape);
    const fanIn = parameter.shape.slice(1).reduce((a, b) => a * b, 1);
    value.data.fill(parameter.shape.length === 1 ? 1 : 4 / fanIn);
    parameter.value = value;
  }
  const runtime = await nodeRuntime({ threads: 1 });
  const inputs = { input: { dtype: 'float32', shape: ['N', 3, 4, size] } } as const;
  const program = await compile(model, { runtime, inputs, features: [path] });
  const lit: number[] = [];
  for (let first = 0; first < size; first += 64) {
    const count = Math.min(64, size - first);
    const input = tensor('float32', [count, 3, 4, size]);
    for (let i = 0; i < count; i++) for (let row = 0; row < 12; row++) input.data[(i * 12 + row) * size + first + i] = 1;
    const { [path]: map } = await program.run({ input });
    if (!map) throw new Error(`no ${path}`);
    const [, channels = 0, height = 0, width = 0] = map.shape;
    for (let i = 0; i < count; i++) {
      const row = i * channels * height * width + (width >> 1);
      if (Number(map.data[row]) !== 0) lit.push(first + i);
    }
  }
  await runtime.dispose();
  return lit;
}

test.each([
  ['resnet18', 'layer4', 512],
  ['mobilenet_v2', 'features', 544],
  ['shufflenet_v2_x0_5', 'conv5', 576],
  ['efficientnet_mini', 'features', 160],
])('what changes the last map of %s is its receptive field', async (name, path, size) => {
  const model = await getModel(name);
  const lit = await columnsSeen(model, path, size);
  const graph = trace(model, { inputs: { input: { dtype: 'float32', shape: [1, 3, 4, size] } } });
  const field = receptiveField(graph)?.[1] ?? 0;
  expect((lit.at(-1) ?? 0) - (lit[0] ?? 0) + 1).toBe(field);
  expect(lit[0]).toBeGreaterThan(0);
  expect(lit.at(-1)).toBeLessThan(size - 1);
});

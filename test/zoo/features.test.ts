/** Pyramids and embeddings of every model of the zoo: which modules give them, and of what size. */
import { expect, test } from 'vitest';
import { getModel, getPreset, headOf, listModels } from '../../src/models/index.ts';
import { Conv2d, featurePaths, Linear, Module, moduleResults, ReLU, Sequential, trace } from '../../src/nn/index.ts';
import type { Model } from '../../src/program/inference-graph.ts';
import { presetChannels } from '../../src/transforms/preset.ts';

/** A model and the shape of one picture for it. */
async function modelAndShape(name: string): Promise<{ model: Model; inputShape: readonly [number, number, number, number] }> {
  const preset = await getPreset(name);
  const channels = presetChannels(preset);
  const model = (await getModel(name, { inChannels: channels })) as Model;
  return { model, inputShape: [1, channels, preset.crop, preset.crop] };
}

const sizes: Readonly<Record<string, number>> = {
  alexnet: 4096,
  densenet121: 1024,
  efficientnet_b0: 1280,
  efficientnet_mini: 256,
  googlenet: 1024,
  inception_v3: 2048,
  lenet5: 84,
  mnasnet1_0: 1280,
  mobilenet_v2: 1280,
  mobilenet_v3_large: 1280,
  resnet18: 512,
  resnet50: 2048,
  shufflenet_v2_x1_0: 1024,
  squeezenet1_1: 512,
  vgg16: 4096,
};

/** Level by level, stride and path. */
const pyramids: Readonly<Record<string, string>> = {
  alexnet: '4 features.1, 8 features.4, 16 features.11, 32 features.12',
  densenet121: '2 features.relu0, 4 features.denseblock1, 8 features.denseblock2, 16 features.denseblock3, 32 features.norm5',
  efficientnet_b0: '2 features.1, 4 features.2, 8 features.3, 16 features.5, 32 features.8',
  lenet5: '2 conv2, 4 pool',
  mnasnet1_0: '2 layers.7, 4 layers.8, 8 layers.9, 16 layers.11, 32 layers.16',
  mobilenet_v2: '2 features.1, 4 features.3, 8 features.6, 16 features.13, 32 features.18',
  mobilenet_v3_small: '2 features.0, 4 features.1, 8 features.3, 16 features.8, 32 features.12',
  resnet50: '2 relu, 4 layer1, 8 layer2, 16 layer3, 32 layer4',
  shufflenet_v2_x1_0: '2 conv1, 4 maxpool, 8 stage2, 16 stage3, 32 conv5',
  squeezenet1_1: '2 features.1, 4 features.4, 8 features.7, 16 features.12',
  vgg16: '2 features.8, 4 features.15, 8 features.22, 16 features.29, 32 features.30',
};

test.each(listModels())('%s', async (name) => {
  const { model, inputShape } = await modelAndShape(name);
  const levels = featurePaths(model, { inputShape });
  // Two convolutions of 9x9 without padding are all that capsnet has.
  expect(levels.length).toBeGreaterThan(name === 'capsnet' ? 0 : 1);
  const expected = pyramids[name];
  if (expected) expect(levels.map(({ stride, path }) => `${stride} ${path}`).join(', ')).toBe(expected);
  const [, ...rest] = inputShape;
  const input = { dtype: 'float32', shape: ['N', ...rest] } as const;
  const graph = trace(model, { inputs: { input }, features: levels.map(({ path }) => path), embedding: true });
  const shapes = new Map(graph.outputs.map(({ name: output, value }) => [output, value.type.shape]));
  for (const { stride, path, channels, shape } of levels) {
    expect(shapes.get(path)).toEqual(['N', ...shape.slice(1)]);
    expect(shape[1]).toBe(channels);
    expect(Math.round(Math.log2(inputShape[2] / Number(shape[2])))).toBe(Math.log2(stride));
  }
  if (model.embeddingPath() === undefined) {
    const { head } = headOf(model);
    expect(shapes.get('embedding')).toEqual(['N', head instanceof Linear ? head.inFeatures : (head as Conv2d).inChannels]);
  }
  expect(shapes.get('embedding')?.[0]).toBe('N');
  if (sizes[name]) expect(shapes.get('embedding')?.[1]).toBe(sizes[name]);
});

test('strides are chosen, and one that is not there is refused with those that are', async () => {
  const model = (await getModel('resnet18')) as Model;
  expect(featurePaths(model, { strides: [32, 8] })).toEqual([
    { stride: 32, path: 'layer4', channels: 512, shape: [1, 512, 7, 7] },
    { stride: 8, path: 'layer2', channels: 128, shape: [1, 128, 28, 28] },
  ]);
  expect(featurePaths(model, { inputShape: [2, 3, 64, 96], strides: [4] })[0]?.shape).toEqual([2, 64, 16, 24]);
  expect(() => featurePaths(model, { strides: [64] })).toThrow('the model has no maps of stride 64; it has 2, 4, 8, 16, 32');
  expect(() => featurePaths(model, { inputShape: [3, 224, 224] })).toThrow(/inputShape must be \[N, C, H, W\]/);
  expect(() => featurePaths(model, { stride: [4] } as object)).toThrow(/unknown option "stride"/);
});

test('a model without a head has no embedding, and parts of a picture are none', () => {
  const input = { dtype: 'float32', shape: ['N', 3, 8, 8] } as const;
  const outputsOf = (model: Model): string[] =>
    trace(model, { inputs: { input }, embedding: true }).outputs.map(({ name }) => name);
  expect(outputsOf(new ReLU())).toEqual(['output']);
  expect(outputsOf(new Sequential(new Conv2d(3, 5, 3)))).toEqual(['output', 'embedding']);
});

test('the results of all modules come in the order in which they end', () => {
  const model = new Sequential(new Conv2d(3, 5, 3), new Sequential(new ReLU()));
  const results = moduleResults(model, { inputs: { input: { dtype: 'float32', shape: [1, 3, 8, 8] } } });
  expect(results.map(({ path, value }) => [path, value.type.shape.join()])).toEqual([
    ['0', '1,5,6,6'],
    ['1.0', '1,5,6,6'],
    ['1', '1,5,6,6'],
    ['', '1,5,6,6'],
  ]);
});

test('a module may say what its embedding is', () => {
  class Own extends Module {
    readonly conv = new Conv2d(3, 5, 3);
    readonly head = new Conv2d(5, 2, 1);
    protected override forward(x: Parameters<Conv2d['call']>[0]) {
      return this.head.call(this.conv.call(x));
    }
    override embeddingPath(): string {
      return 'conv';
    }
  }
  const input = { dtype: 'float32', shape: ['N', 3, 8, 8] } as const;
  const { outputs } = trace(new Own(), { inputs: { input }, embedding: true });
  expect(outputs.map(({ name, value }) => [name, value.type.shape])).toEqual([
    ['output', ['N', 2, 6, 6]],
    ['embedding', ['N', 180]],
  ]);
});

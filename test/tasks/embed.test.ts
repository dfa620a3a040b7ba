/** Embeddings of pictures: what the head is given, alone and in batches, scaled and not. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { squeezenet1_1 } from '../../src/models/classification/squeezenet.ts';
import { getModel, removeHead } from '../../src/models/index.ts';
import { initialize, Linear, type Module, ReLU } from '../../src/nn/index.ts';
import type { RgbImage } from '../../src/platform/image.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import { compile } from '../../src/program/compile.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { createClassifier } from '../../src/tasks/classifier.ts';
import { load } from '../../src/tasks/classify.ts';
import { loadWeights } from '../../src/tasks/load-weights.ts';
import { preprocess } from '../../src/transforms/preset.ts';

const platform = nodePlatform();
let runtime: Runtime;
let images: readonly RgbImage[];

beforeAll(async () => {
  runtime = await nodeRuntime();
  const names = ['clock', 'strawberry', 'balloon'];
  images = await Promise.all(
    names.map(async (name) => platform.decodeImage(await readFile(new URL(`../../samples/${name}.jpg`, import.meta.url)))),
  );
});
afterAll(() => runtime.dispose?.());

const lengthOf = (vector: Float32Array): number => Math.hypot(...vector);

test('they are what a model without its head gives', async () => {
  await using classifier = await load('efficientnet_mini', { platform, runtime, weights: 'CIFAR10_V1' });
  expect(classifier.embeddingSize).toBe(256);
  const net = await getModel('efficientnet_mini');
  await loadWeights(net, 'CIFAR10_V1', { platform, model: 'efficientnet_mini' });
  expect(removeHead(net)).toBe(256);
  const { preset } = classifier;
  const inputs = { input: { dtype: 'float32', shape: ['N', 3, preset.crop, preset.crop] } } as const;
  await using program = await compile(net, { runtime, inputs });
  const all = await classifier.embed(images);
  for (const [i, image] of images.entries()) {
    const { logits } = await program.run({ input: preprocess(image, preset) });
    const one = await classifier.embed(image);
    const expected = logits?.data as Float32Array;
    for (const [j, value] of expected.entries()) expect(one[j]).toBeCloseTo(value, 5);
    for (const [j, value] of one.entries()) expect(all[i]?.[j]).toBeCloseTo(value, 5);
    const unit = await classifier.embed(image, { normalize: true });
    expect(lengthOf(unit)).toBeCloseTo(1, 6);
    expect(unit[0]).toBeCloseTo((one[0] as number) / lengthOf(one), 6);
  }
  expect(lengthOf(all[0]?.map((value, j) => value - (all[1]?.[j] as number)) as Float32Array)).toBeGreaterThan(0.1);
  expect(await classifier.embed([])).toEqual([]);
  await expect(classifier.embed(images, { normalise: true } as object)).rejects.toThrow(/unknown option "normalise"/);
  await expect(classifier.embed(images, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
});

test('the maps that a convolution as head is given are averaged', async () => {
  const preset = {
    kind: 'classification',
    resize: 64,
    crop: 64,
    interpolation: 'bilinear',
    mean: [0.5, 0.5, 0.5],
    std: [0.2, 0.2, 0.2],
  } as const;
  const net = squeezenet1_1({ numClasses: 3 });
  initialize(net, { seed: 3 });
  await using classifier = await createClassifier(net, { runtime, preset, maxBatch: 2 });
  const found = await classifier.embed(images);
  expect(classifier.embeddingSize).toBe(512);
  removeHead(net);
  await using program = await compile(net, { runtime, inputs: { input: { dtype: 'float32', shape: ['N', 3, 64, 64] } } });
  for (const [i, image] of images.entries()) {
    const { logits } = await program.run({ input: preprocess(image, preset) });
    const expected = logits?.data as Float32Array;
    const scale = lengthOf(expected);
    for (const [j, value] of expected.entries()) {
      expect(Math.abs((found[i]?.[j] as number) - value)).toBeLessThan(1e-5 * scale);
    }
  }
});

test('a network without a head, and one that gives no numbers', async () => {
  class Pixels extends ReLU {
    protected override forward(x: Parameters<Module['call']>[0]) {
      return x.builder.apply('mean', [x], { axes: [2, 3], keepDims: false });
    }
  }
  const preset = {
    kind: 'classification',
    resize: 4,
    crop: 4,
    interpolation: 'bilinear',
    mean: [0, 0, 0],
    std: [1, 1, 1],
  } as const;
  await using classifier = await createClassifier(new Pixels(), { runtime, preset });
  expect(classifier.embeddingSize).toBeUndefined();
  await expect(classifier.embed(images)).rejects.toMatchObject({ code: 'usage' });
  expect(await classifier.classify(images[0] as RgbImage, { top: 1 })).toHaveLength(1);
  class Nowhere extends Pixels {
    readonly fc = new Linear(3, 2);
    protected override forward(x: Parameters<Module['call']>[0]) {
      return this.fc.call(super.forward(x));
    }
  }
  const net = new Nowhere();
  initialize(net);
  const wrong = { ...preset, std: [1e-45, 1e-45, 1e-45] } as const;
  await using broken = await createClassifier(net, { runtime, preset: wrong });
  await expect(broken.embed(images)).rejects.toThrow(/NaN or infinite embeddings/);
});

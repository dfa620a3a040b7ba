/** Names of models, their weights entries and their categories. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { cifar10Classes } from '../data/cifar-classes.ts';
import { checkPreset } from '../transforms/preset.ts';
import { nearestNames } from './near-names.ts';
import { getPreset } from './presets.ts';
import { familyOf, getCategories, getModel, getModelWeights, getWeight, listModels } from './registry.ts';

test('models are listed by wildcard, sorted', () => {
  expect(listModels('*v2_?')).toEqual(['efficientnet_v2_l', 'efficientnet_v2_m', 'efficientnet_v2_s']);
  expect(listModels('SQUEEZE*')).toEqual(['squeezenet1_0', 'squeezenet1_1']);
  expect(listModels('resnet')).toEqual([]);
  expect(listModels()).toHaveLength(79);
});

test('the readme counts the models and families', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const families = new Set(listModels().map(familyOf));
  expect(readme).toContain(`${listModels().length} models of ${families.size} families`);
});

test('an unknown model is answered with names like it', async () => {
  await expect(getModel('resnet500')).rejects.toThrow('there is no model "resnet500"; did you mean resnet50');
  await expect(getModel('effnet_zero')).rejects.toThrow(
    'there is no model "effnet_zero"; `ocelli models` or listModels() names all there are',
  );
  expect(nearestNames('efficientnet-b3', listModels())[0]).toBe('efficientnet_b3');
  expect(nearestNames('resent18', listModels())[0]).toBe('resnet18');
});

test('models are found whatever the case, and take their options', async () => {
  const model = await getModel('ResNet18', { numClasses: 10 });
  expect(model.constructor.name).toBe('ResNet');
  const typed = await getModel('efficientnet_b0', { stochasticDepthProb: 0 });
  expect(typed.features.children().next().value?.[0]).toBe('0');
  await expect(getModel('resnet18', { dropout: 0.5 } as object)).rejects.toThrow(
    'resnet: unknown option "dropout"; it takes numClasses',
  );
});

test('weights are found by model and entry or by their full name', async () => {
  expect((await getWeight('resnet50')).name).toBe('IMAGENET1K_V2');
  expect((await getWeight('resnet50', 'default')).name).toBe('IMAGENET1K_V2');
  expect((await getWeight('ResNet50_Weights.IMAGENET1K_V1')).url).toMatch(/resnet50-0676ba61\.pth$/);
  expect((await getWeight('EfficientNet_B0_Weights.DEFAULT')).model).toBe('efficientnet_b0');
  expect((await getWeight('ResNeXt101_32X8D_Weights.IMAGENET1K_V2')).meta.recipe).toMatch(/#new-recipe-with-fixres$/);
  await expect(getWeight('resnet18', 'IMAGENET1K_V9')).rejects.toThrow(
    'resnet18 has no weights "IMAGENET1K_V9"; it has IMAGENET1K_V1',
  );
  await expect(getWeight('ResNet19_Weights.DEFAULT')).rejects.toThrow('there is no model "ResNet19"');
});

/** Ocelli's own models: their weights come with the package, or there are none yet. */
const own: readonly string[] = [
  ...['capsnet', 'efficientnet_mini', 'lenet5', 'lenet5_1998', 'mnasnet_a1', 'mobilenet_v1'],
  ...listModels('efficientnet_lite?'),
];
const official = listModels().filter((name) => !own.includes(name));

test.each(official)('the weights of %s are sound', async (name) => {
  const entries = await getModelWeights(name);
  expect(entries.filter((entry) => entry.default)).toHaveLength(1);
  for (const { model, url, preset, meta } of entries) {
    expect(model).toBe(name);
    expect(url).toMatch(/^https:\/\/download\.pytorch\.org\/models\/[\w.-]+-[0-9a-f]{8,10}\.pth$/);
    expect(() => checkPreset(preset)).not.toThrow();
    expect(preset.resize).toBeGreaterThanOrEqual(preset.crop);
    expect(meta.accuracy['acc@5']).toBeGreaterThan(meta.accuracy['acc@1']);
    // All but halves: the file is the parameters, four bytes each, and a little more. GoogLeNet's has auxiliary heads beside those
    // that torchvision counts.
    const bytes = meta.fileSize * 2 ** 20;
    const parameters = meta.numParams + (name === 'googlenet' ? 6_379_984 : 0);
    const perParameter = url.includes('wide_resnet') && name.startsWith('wide') && entries[0]?.url === url ? 2 : 4;
    expect(bytes / (perParameter * parameters)).toBeGreaterThan(0.999);
    expect(bytes / (perParameter * parameters)).toBeLessThan(1.04);
  }
});

test('models without weights say so', async () => {
  for (const name of own) {
    if ((await getModelWeights(name)).length > 0) continue;
    await expect(getWeight(name)).rejects.toThrow(`there are no published weights for ${name}: train it, or give`);
  }
});

test('a model has the preset of its default weights, or of the pictures it is made for', async () => {
  expect(await getPreset('resnet50')).toBe((await getWeight('resnet50', 'DEFAULT')).preset);
  expect(await getPreset('lenet5')).toMatchObject({ resize: 28, crop: 28, channels: 'gray' });
  expect(await getPreset('efficientnet_lite3')).toMatchObject({ resize: 312, crop: 280, interpolation: 'bicubic' });
  expect(await getPreset('efficientnet_mini')).toMatchObject({ resize: 32, crop: 32 });
});

test('every category list has its number of names', async () => {
  const categories = await getCategories('imagenet');
  expect(categories).toHaveLength(1000);
  expect([categories[0], categories[281], categories[999]]).toEqual(['tench', 'tabby', 'toilet tissue']);
  for (const name of ['fashion-mnist', 'cifar10'] as const) expect(new Set(await getCategories(name)).size).toBe(10);
  expect(await getCategories('cifar10')).toEqual(cifar10Classes);
});

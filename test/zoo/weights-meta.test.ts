/** What the weights tables say of their models is what the models are: parameters, multiply-adds, smallest picture. */
import { expect, test } from 'vitest';
import { getCategories, getModel, getModelWeights, listModels, type WeightsEntry } from '../../src/models/index.ts';
import type { Module } from '../../src/nn/module.ts';
import { summarize } from '../../src/program/summary.ts';
import { presetChannels } from '../../src/transforms/preset.ts';

/** torchvision counts GoogLeNet without its auxiliary heads, which the file has, and Inception v3 with its own. */
const countedAs: Readonly<Record<string, object>> = { googlenet: { auxLogits: false } };

/** The model that an entry's weights are for. */
const modelOf = ({ model, preset }: WeightsEntry): Promise<Module> =>
  getModel(model as string, { inChannels: presetChannels(preset), ...countedAs[model] });

test.each(listModels())('%s', async (name) => {
  for (const entry of await getModelWeights(name)) {
    const { preset, meta, url } = entry;
    const summary = summarize(await modelOf(entry), { inputShape: [1, presetChannels(preset), preset.crop, preset.crop] });
    expect(summary.params).toBe(meta.numParams);
    // torchvision rounds to millions, we to thousands.
    const digits = url.startsWith('package:') ? 1e6 : 1e3;
    expect(Math.round((summary.multiplyAdds / 1e9) * digits) / digits).toBe(meta.ops);
    expect(summary.layers.at(-1)?.output.at(-1)).toBe((await getCategories(meta.categories)).length);
  }
});

test.each(listModels())('%s takes its smallest picture', async (name) => {
  for (const entry of await getModelWeights(name)) {
    const { preset, meta } = entry;
    const { layers } = summarize(await modelOf(entry), { inputShape: [1, presetChannels(preset), ...meta.minSize] });
    expect(layers.at(-1)?.output).toEqual([1, (await getCategories(meta.categories)).length]);
  }
});

/** What the weights tables say of their models is what the models are: parameters, multiply-adds, smallest picture. */
import { expect, test } from 'vitest';
import { getCategories, getModel, getModelWeights, listModels } from '../../src/models/index.ts';
import { summarize } from '../../src/program/summary.ts';

test.each(listModels())('%s', async (name) => {
  const model = await getModel(name);
  for (const { preset, meta } of await getModelWeights(name)) {
    const summary = summarize(model, { inputShape: [1, 3, preset.crop, preset.crop] });
    expect(summary.params).toBe(meta.numParams);
    expect(Math.round(summary.multiplyAdds / 1e6) / 1e3).toBe(meta.ops);
    expect(summary.layers.at(-1)?.output.at(-1)).toBe((await getCategories(meta.categories)).length);
  }
});

test.each(listModels())('%s takes its smallest picture', async (name) => {
  const model = await getModel(name);
  for (const { meta } of await getModelWeights(name)) {
    expect(summarize(model, { inputShape: [1, 3, ...meta.minSize] }).layers.at(-1)?.output).toEqual([1, 1000]);
  }
});

/** Models that torchvision does not have are as large as their authors say. */
import { expect, test } from 'vitest';
import { getModel, getPreset } from '../../src/models/index.ts';
import { type ModelSummary, summarize } from '../../src/program/summary.ts';

async function summaryOf(name: string): Promise<ModelSummary> {
  const { crop } = await getPreset(name);
  return summarize(await getModel(name), { inputShape: [1, 3, crop, crop] });
}

/** In millions, as tensorflow/tpu, models/official/efficientnet/lite/README.md has them. */
test.each([
  { name: 'efficientnet_lite0', params: 4.7, multiplyAdds: 407 },
  { name: 'efficientnet_lite1', params: 5.4, multiplyAdds: 631 },
  { name: 'efficientnet_lite2', params: 6.1, multiplyAdds: 899 },
  { name: 'efficientnet_lite3', params: 8.2, multiplyAdds: 1440 },
  { name: 'efficientnet_lite4', params: 13.0, multiplyAdds: 2640 },
])('$name', async ({ name, params, multiplyAdds }) => {
  const summary = await summaryOf(name);
  expect(summary.params / 1e6).toBeCloseTo(params, 1);
  // Theirs are more than those of convolutions and the classifier: by three for every value that is normalized.
  const normalized = summary.layers
    .filter(({ type }) => type === 'BatchNorm2d')
    .map(({ output }) => output.reduce<number>((size, dim) => size * Number(dim), 1));
  const theirs = summary.multiplyAdds + 3 * normalized.reduce((sum, size) => sum + size, 0);
  expect(theirs / 1e6 / multiplyAdds).toBeCloseTo(1, 2);
});

test('mnasnet_a1 has the parameters and multiply-adds of arXiv 1807.11626, table 1', async () => {
  const { params, multiplyAdds } = await summaryOf('mnasnet_a1');
  expect(params / 1e6).toBeCloseTo(3.9, 1);
  expect(Math.round(multiplyAdds / 1e6)).toBe(312);
});

/** In a real Chromium: weights that come with the package, from a built page's own assets; the answers are those of Node. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodePlatform } from '../../src/platform/node.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Classification } from '../../src/tasks/classifier.ts';
import { load } from '../../src/tasks/classify.ts';
import { copySources, type Embedded, type Embedding } from '../package/embedding.ts';
import { type Lab, openLab, whyNoChromium } from './chromium.ts';

if (whyNoChromium) console.log(`browser tests are skipped: ${whyNoChromium}`);

const samples = fileURLToPath(new URL('../../samples', import.meta.url));
const embedded: readonly (Embedded & { readonly channels: 'gray' | 'rgb'; readonly side: number })[] = [
  { model: 'lenet5', data: 'fashion-mnist', entry: 'FASHION_MNIST_V1', channels: 'gray', side: 28 },
  { model: 'efficientnet_mini', data: 'cifar10', entry: 'CIFAR10_V1', channels: 'rgb', side: 32 },
];

describe.skipIf(whyNoChromium !== undefined)('weights of the package in Chromium', () => {
  let copy: Embedding;
  let lab: Lab;
  const files: string[] = [];
  beforeAll(async () => {
    copy = await copySources();
    for (const what of embedded) files.push(/^weights\/(\S+) /.exec(await copy.embed(what, 5))?.[1] as string);
    lab = await openLab(['embedded'], { root: copy.root, files: samples });
  });
  afterAll(async () => {
    await lab?.close();
    await copy?.remove();
  });

  test.each(embedded.map((what, i) => ({ ...what, i })))('$model, $entry', async ({ model, entry, channels, side, i }) => {
    const page = await lab.open('embedded');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const answers = (await page.evaluate(`classify('${model}', '${entry}', '/files/clock.jpg')`)) as Classification[];
    const file = files[i] as string;
    expect(asked.filter((url) => url.endsWith('.safetensors'))).toEqual([
      expect.stringMatching(new RegExp(`/assets/${file.replace('.safetensors', '')}-[\\w-]+\\.safetensors$`)),
    ]);
    await page.close();

    const platform = nodePlatform();
    await using runtime = await nodeRuntime();
    const weights = join(copy.root, 'weights', file);
    const small = { resize: side, crop: side } as const;
    await using classifier = await load(model, {
      platform,
      runtime,
      weights,
      preset:
        channels === 'gray'
          ? { ...small, channels, mean: [0.5], std: [0.25] }
          : { ...small, channels, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    });
    const source = await platform.files.open(join(samples, 'clock.jpg'));
    const image = await platform.decodeImage(await source.read(0, source.size));
    await source.close();
    const wanted = await classifier.classify(image, { top: classifier.numClasses });
    expect(answers.map(({ index }) => index)).toEqual(wanted.map(({ index }) => index));
    for (const [at, { logit }] of wanted.entries()) expect(answers[at]?.logit).toBeCloseTo(logit, 3);
  });
});

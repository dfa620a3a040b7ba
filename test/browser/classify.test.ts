/** In a real Chromium: EfficientNet-B0 from a `.pth`, a photo, WASM; the scores are those of the native back end in Node. */
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { efficientnet_b0 } from '../../src/models/classification/efficientnet.ts';
import { getWeight } from '../../src/models/registry.ts';
import { namedParameters } from '../../src/nn/module.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { RuntimeReport } from '../../src/runtime/report.ts';
import { type Classification, createClassifier } from '../../src/tasks/classifier.ts';
import { loadWeights, saveWeights } from '../../src/tasks/load-weights.ts';
import { fillModel } from '../parity/fill.ts';
import { readGolden } from '../parity/goldens.ts';
import { type Lab, openLab, whyNoChromium } from './chromium.ts';

if (whyNoChromium) console.log(`browser tests are skipped: ${whyNoChromium}`);

const photos = ['clock.jpg', 'balloon.jpg'];
const samples = new URL('../../samples/', import.meta.url);

describe.skipIf(whyNoChromium !== undefined)('classifying in Chromium', () => {
  let folder: string;
  let lab: Lab;
  const expected = new Map<string, Classification[]>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ocelli-files-'));
    const platform = nodePlatform();
    // Weights that keep activations alive, so that the answer depends on the picture.
    const net = efficientnet_b0();
    fillModel(net, readGolden('efficientnet_b0').ranges);
    // Smaller logits, so that no score is 0 or 1, whatever its error.
    for (const [name, { value }] of namedParameters(net)) {
      if (!(name.startsWith('classifier.') && value?.data instanceof Float32Array)) continue;
      for (const [i, x] of value.data.entries()) value.data[i] = x * 0.01;
    }
    await saveWeights(net, join(folder, 'b0.pth'), { platform });

    const again = efficientnet_b0();
    await loadWeights(again, join(folder, 'b0.pth'), { platform });
    const { preset } = await getWeight('efficientnet_b0', 'DEFAULT');
    await using runtime = await nodeRuntime();
    await using classifier = await createClassifier(again, { runtime, preset });
    for (const photo of photos) {
      await copyFile(new URL(photo, samples), join(folder, photo));
      const image = await platform.decodeImage(await readFile(new URL(photo, samples)));
      expected.set(photo, await classifier.classify(image, { top: classifier.numClasses }));
    }
    lab = await openLab(['classify'], { files: folder });
  });
  afterAll(async () => {
    await lab?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** Scores and logits by class. */
  const byIndex = (answers: readonly Classification[]): Classification[] => [...answers].sort((a, b) => a.index - b.index);
  const worst = (a: readonly Classification[], b: readonly Classification[], of: 'score' | 'logit'): number =>
    byIndex(a).reduce((most, answer, i) => Math.max(most, Math.abs(answer[of] - (byIndex(b)[i] as Classification)[of])), 0);

  test.each([
    { name: '1 thread', options: { threads: 1 } },
    { name: '2 threads', options: { threads: 2 } },
    { name: 'a web worker', options: { threads: 1, worker: true } },
  ])('WASM, $name: the scores of Node within 1e-4', async ({ options }) => {
    const page = await lab.open('classify');
    for (const photo of photos) {
      const call = `classify('/files/b0.pth', '/files/${photo}', ${JSON.stringify(options)})`;
      const answers = (await page.evaluate(call)) as Classification[];
      const wanted = expected.get(photo) as Classification[];
      expect(answers.length).toBe(1000);
      expect(worst(answers, wanted, 'score')).toBeLessThan(1e-4);
      expect(answers[0]?.index).toBe(wanted[0]?.index);
      const scale = Math.max(...wanted.map(({ logit }) => Math.abs(logit)));
      expect(worst(answers, wanted, 'logit') / scale).toBeLessThan(1e-4);
      expect(wanted[0]?.score).toBeLessThan(0.99);
      console.log(
        `${photo}: scores differ by ${worst(answers, wanted, 'score').toExponential(1)}, logits by ${(worst(answers, wanted, 'logit') / scale).toExponential(1)} of ${scale.toFixed(1)}`,
      );
    }
    await page.close();
  });

  test('the two photos are told apart', () => {
    const [a, b] = photos.map((photo) => expected.get(photo) as Classification[]);
    expect(worst(a as Classification[], b as Classification[], 'score')).toBeGreaterThan(1e-2);
  });

  test('the report names the back ends and the isolation of the page', async () => {
    const page = await lab.open('classify');
    const report = (await page.evaluate('report()')) as RuntimeReport;
    expect(report.chosen).toBe('ort-web-wasm');
    expect(report.crossOriginIsolated).toBe(true);
    expect(report.backends.map(({ name, available }) => [name, available])).toEqual([
      ['ort-web-wasm', true],
      ['ort-web-webgpu', false],
    ]);
    await page.close();
  });
});

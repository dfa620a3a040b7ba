/** Weights that come with the package: every one there is, and what becomes of files that are not as they should be. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openIdx } from '../../src/data/idx.ts';
import { embeddedWeights } from '../../src/models/embedded-weights.ts';
import { getCategories, getModelWeights, getPreset, getWeight, listModels } from '../../src/models/index.ts';
import type { WeightsEntry } from '../../src/models/weights-entry.ts';
import type { RgbImage } from '../../src/platform/image.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import type { Classifier } from '../../src/tasks/classifier.ts';
import { load } from '../../src/tasks/classify.ts';
import { openEmbedded, placeOfEmbedded, readEmbedded } from '../../src/tasks/embedded-weights.ts';
import { toThreeChannels } from '../../src/transforms/kernels/gray.ts';
import { checkPreset } from '../../src/transforms/preset.ts';
import { openCheckpoint } from '../../src/weights/open.ts';
import { sendFile, serve } from '../cli/server.ts';

const folder = new URL('../../weights/', import.meta.url);
const noNetwork = (): Promise<Response> => Promise.reject(new Error('the network was asked'));
const platform: Platform = { ...nodePlatform(), fetch: noNetwork, cacheFolder: '/nowhere' };

const entries: readonly WeightsEntry[] = (await Promise.all(listModels().map(getModelWeights)))
  .flat()
  .filter(({ url }) => url.startsWith('package:'));
const fileOf = ({ url }: WeightsEntry): string => url.slice('package:'.length);

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime();
});
afterAll(() => runtime.dispose());

test('the folder holds the files of the entries and nothing else, all of them small', async () => {
  const files = (await readdir(folder)).filter((file) => file !== 'README.md').sort();
  expect(files).toEqual(entries.map(fileOf).sort());
  expect(Object.keys(embeddedWeights).sort()).toEqual(files);
  expect(entries.reduce((sum, { meta }) => sum + meta.fileSize, 0)).toBeLessThan(4);
});

for (const entry of entries) {
  const { name, model, preset, meta } = entry;

  describe(`${model} ${name}`, () => {
    test('is what its entry says: size, halves, preset, one default of its model', async () => {
      expect(placeOfEmbedded(entry.url).href).toBe(new URL(fileOf(entry), folder).href);
      const source = await openEmbedded(entry.url, { platform });
      expect(source.size / 2 ** 20).toBeCloseTo(meta.fileSize, 3);
      const checkpoint = await openCheckpoint(source);
      expect(new Set(checkpoint.entries.map(({ dtype }) => dtype).filter((dtype) => dtype !== 'int64'))).toEqual(
        new Set(['float16']),
      );
      await checkpoint.close();
      checkPreset(preset);
      expect(meta.accuracy['acc@5']).toBeGreaterThan(meta.accuracy['acc@1']);
      expect((await getModelWeights(model)).filter((other) => other.default)).toHaveLength(1);
      expect(await getPreset(model)).toBe((await getWeight(model)).preset);
    });

    test('loads without a network and names its classes', async () => {
      await using classifier = await load(model, { platform, runtime, weights: name });
      expect(classifier.labels).toEqual(await getCategories(meta.categories));
      expect(classifier.preset).toEqual(preset);
    });

    const data = meta.dataset === 'Fashion-MNIST' ? fashionMnist : cifar10;
    test.skipIf(data.missing)(`is as right as its entry says${data.missing ? ` (skipped: ${data.missing})` : ''}`, async () => {
      await using classifier = await load(model, { platform, runtime, weights: name });
      const right = await shareOfRight(classifier, await data.first(1000));
      // Of 1,000 of the 10,000 pictures: within four standard deviations.
      const said = meta.accuracy['acc@1'] / 100;
      expect(Math.abs(right - said)).toBeLessThan(4 * Math.sqrt((said * (1 - said)) / 1000));
    });
  });
}

interface Labelled {
  readonly image: RgbImage;
  readonly label: number;
}

async function shareOfRight(classifier: Classifier, pictures: readonly Labelled[]): Promise<number> {
  const answers = await classifier.classify(
    pictures.map(({ image }) => image),
    { top: 1 },
  );
  return answers.filter(([best], i) => best?.index === pictures[i]?.label).length / pictures.length;
}

const debian = '/usr/share/datasets/fashion-mnist';
const fashionMnist = {
  missing: existsSync(debian) ? undefined : `there is no ${debian}; Debian's package dataset-fashion-mnist makes it`,
  async first(count: number): Promise<Labelled[]> {
    const [images, labels] = ['images-idx3', 'labels-idx1'].map((part) => `${debian}/t10k-${part}-ubyte.gz`) as [string, string];
    const classes = await getCategories('fashion-mnist');
    const set = await openIdx({ platform, name: 'Fashion-MNIST', classes, images, labels });
    const samples = await Promise.all(Array.from({ length: count }, (_, i) => set.get(i)));
    return samples.map(({ picture, label }) => ({ image: toThreeChannels(picture), label }));
  },
};

const shared = fileURLToPath(new URL('../../../shared/data/cifar10/test_1000.bin', import.meta.url));
const cifar10 = {
  missing: existsSync(shared) ? undefined : `there is no ${shared}`,
  async first(count: number): Promise<Labelled[]> {
    const bytes = await readFile(shared);
    return Array.from({ length: count }, (_, i) => {
      const planes = bytes.subarray(i * 3073 + 1, (i + 1) * 3073);
      const data = Uint8Array.from({ length: 3072 }, (_, at) => planes[(at % 3) * 1024 + Math.floor(at / 3)] as number);
      return { image: { width: 32, height: 32, data }, label: bytes[i * 3073] as number };
    });
  },
};

describe('files that are not as they should be', () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) >> 3);
  const hash = platform.sha256();
  hash.update(bytes);
  const file = `net-${hash.digest().slice(0, 8)}.safetensors`;
  let place: string;
  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), 'ocelli-embedded-'));
    await writeFile(join(place, file), bytes);
  });
  afterAll(() => rm(place, { recursive: true }));

  test('the right one is read whole', async () => {
    const source = await readEmbedded(file, pathToFileURL(join(place, file)), { platform });
    expect([source.name, source.size]).toEqual([file, 5000]);
    expect(await source.read(100, 5)).toEqual(bytes.subarray(100, 105));
  });

  test('another one is refused', async () => {
    await writeFile(join(place, 'other'), bytes.subarray(1));
    const reading = readEmbedded(file, pathToFileURL(join(place, 'other')), { platform });
    await expect(reading).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringContaining(`it is no copy of ${file}`),
    });
    const nameless = readEmbedded('net.safetensors', pathToFileURL(join(place, file)), { platform });
    await expect(nameless).rejects.toMatchObject({ code: 'integrity' });
  });

  test('a missing one is told', async () => {
    const reading = readEmbedded(file, pathToFileURL(join(place, 'gone')), { platform });
    await expect(reading).rejects.toMatchObject({
      code: 'io',
      message: expect.stringMatching(/gone.*comes with the package: install the package again/),
    });
  });

  test('in a browser it is fetched from where the bundler put it; a page in its place is refused', async () => {
    const server = await serve((request, response) => {
      if (request.url?.endsWith(file)) return sendFile(request, response, bytes);
      if (request.url === '/app') return void response.end('<!doctype html>');
      response.statusCode = 404;
      response.end();
    });
    const web = nodePlatform();
    const read = (path: string): Promise<unknown> => readEmbedded(file, new URL(path, server.url), { platform: web });
    try {
      expect(await read(`/assets/${file}`)).toMatchObject({ name: file, size: 5000 });
      await expect(read('/app')).rejects.toThrow(/it is no copy of .*; let the bundler emit/);
      await expect(read('/gone')).rejects.toMatchObject({
        code: 'network',
        message: expect.stringMatching(/let the bundler emit/),
      });
    } finally {
      await server.close();
    }
  });

  test('names that the package does not have', async () => {
    await expect(load('lenet5', { platform, runtime, weights: 'package:none-00000000.safetensors' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('the package has no weights "none-00000000.safetensors"'),
    });
    if ((await getModelWeights('lenet5')).length > 0) return;
    await expect(load('lenet5', { platform, runtime })).rejects.toThrow(
      'there are no published weights for lenet5: train it, or give a weights file of your own',
    );
  });
});

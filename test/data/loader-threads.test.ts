/** The loader with worker threads: the same batches for any number of them, errors, stopping, and a process that ends. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Batch,
  type ClipSample,
  createLoader,
  type Dataset,
  imageTar,
  inMemory,
  type Loader,
  type LoaderOptions,
  packedDataset,
  type Sample,
  type StreamDataset,
  shapeClips,
  shapes,
  streamDataset,
  subset,
} from '../../src/data/index.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import type { Platform } from '../../src/platform/platform.ts';
import type { Transform } from '../../src/transforms/index.ts';
import { bmp, noise, platformWith, tar } from './files.ts';
import { bundleScripts, testThreads } from './threads.ts';

let threads: Awaited<ReturnType<typeof testThreads>>;
let platform: Platform;
beforeAll(async () => {
  threads = await testThreads();
  platform = { ...nodePlatform(), threads };
});
afterAll(() => expect(threads.running()).toBe(0));

const packed = packedDataset({
  name: 'own',
  classes: ['a', 'b', 'c', 'd', 'e'],
  width: 8,
  height: 6,
  channels: 3,
  pixels: noise(9, 50 * 144),
  labels: Uint8Array.from({ length: 50 }, (_, i) => i % 5),
});

const transforms: readonly Transform[] = [
  { kind: 'randomCrop', size: { width: 6, height: 6 }, padding: 2 },
  { kind: 'horizontalFlip' },
  { kind: 'toTensor' },
  { kind: 'normalize', mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4] },
];

type AnyDataset = Dataset<Sample | ClipSample> | StreamDataset<Sample | ClipSample>;

/** The batches of an epoch as text. */
async function epochOf(loader: Loader, epoch: number, startAt = 0): Promise<string[]> {
  const found: string[] = [];
  for await (const { index, images, labels, targets, indices } of loader.epoch(epoch, { startAt })) {
    found.push([index, images.shape, images.data.join(), labels.data, targets?.data.join(), indices].join(' '));
  }
  return found;
}

async function withLoader<T>(set: AnyDataset, options: LoaderOptions, body: (loader: Loader) => Promise<T>): Promise<T> {
  const loader = createLoader(set, { platform, ...options });
  try {
    return await body(loader);
  } finally {
    await loader.dispose();
  }
}

describe('the same batches for any number of threads', () => {
  const files = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`p/${'ab'[i % 2]}/${i}.bmp`, bmp(i, 8, 6)]));
  const archive = tar(Object.entries(files).map(([name, data]) => ({ name, data })));
  const openTar = async (): Promise<Dataset> =>
    imageTar({ platform: { ...(await platformWith({ 'p.tar': archive })), threads }, file: 'p.tar' });

  const kinds: readonly (readonly [string, () => Promise<AnyDataset> | AnyDataset, LoaderOptions])[] = [
    [
      'packed pictures, augmented and mixed',
      () => packed,
      { batchSize: 8, shuffle: true, transforms, mix: [{ kind: 'cutmix' }] },
    ],
    ['a subset', () => subset(packed, [5, 4, 3, 2, 1, 0, 7]), { batchSize: 3, shuffle: true, transforms }],
    ['shapes', () => shapes({ length: 40, size: [8 * 3, 18] }), { batchSize: 7 }],
    ['clips', () => shapeClips({ length: 12, frames: 2, size: 16 }), { batchSize: 5 }],
    ['pictures of an archive', openTar, { batchSize: 5, shuffle: true, transforms }],
    ['an archive in memory', async () => inMemory(await openTar(), { platform }), { batchSize: 5, transforms }],
    ['a data set of the caller', () => without(packed), { batchSize: 8, shuffle: true, transforms }],
    ['clips of the caller', () => without(shapeClips({ length: 6, frames: 2, size: 16 })), { batchSize: 4 }],
    [
      'a stream',
      () => {
        const samples = async function* (): AsyncGenerator<Sample> {
          for (let i = 0; i < 20; i++) yield await packed.get(i);
        };
        return streamDataset(samples, { classes: packed.classes, format: packed.format });
      },
      { batchSize: 8, transforms },
    ],
  ];

  test.each(kinds)('%s', async (_, open, options) => {
    const set = await open();
    const alone = createLoader(set, options);
    const expected = [await epochOf(alone, 0), await epochOf(alone, 1)];
    expect(new Set(expected[0]).size).toBe(expected[0]?.length);
    for (const workers of [1, 2, 3]) {
      const [first, second, rest] = await withLoader(set, { ...options, workers }, async (loader) => [
        await epochOf(loader, 0),
        await epochOf(loader, 1),
        await epochOf(loader, 1, 1),
      ]);
      expect([first, second]).toEqual(expected);
      expect(rest).toEqual(expected[1]?.slice(1));
    }
  });
});

/** The same data set as one that only this thread can make. */
function without<S extends Sample | ClipSample>({ portable, ...set }: Dataset<S>): Dataset<S> {
  expect(portable).toBeDefined();
  return set;
}

describe('errors and ends', () => {
  test('an error in a thread names the sample and comes in its turn; the loader works on', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [`p/a/${10 + i}.bmp`, bmp(i, 8, 6).slice(0, i === 7 ? 40 : undefined)]),
    );
    const archive = tar(Object.entries(files).map(([name, data]) => ({ name, data })));
    const set = await imageTar({ platform: await platformWith({ 'p.tar': archive }), file: 'p.tar' });
    await withLoader(set, { batchSize: 2, workers: 2, transforms }, async (loader) => {
      const seen: number[] = [];
      const loop = async (): Promise<void> => {
        for await (const { index } of loader.epoch(0)) seen.push(index);
      };
      await expect(loop()).rejects.toMatchObject({
        code: 'format',
        message: expect.stringContaining('p.tar (p/a/17.bmp): damaged BMP'),
      });
      expect(seen).toEqual([0, 1, 2]);
      expect((await epochOf(loader, 0, 4)).length).toBe(2);
    });
  });

  test('an error in a data set of the caller names its sample', async () => {
    const set: Dataset = {
      ...without(packed),
      get: (index) => (index === 20 ? Promise.reject(new Error('gone')) : packed.get(index)),
    };
    await withLoader(set, { batchSize: 8, workers: 2 }, async (loader) => {
      await expect(epochOf(loader, 0)).rejects.toMatchObject({ code: 'format', message: 'own, sample 20: gone' });
    });
  });

  test('leaving and aborting an epoch leave the loader ready for another', async () => {
    await withLoader(packed, { batchSize: 4, shuffle: true, workers: 2, transforms }, async (loader) => {
      const expected = await epochOf(loader, 3);
      for await (const { index } of loader.epoch(3)) if (index === 2) break;
      expect(await epochOf(loader, 3)).toEqual(expected);
      const controller = new AbortController();
      const loop = async (): Promise<void> => {
        for await (const { index } of loader.epoch(3, { signal: controller.signal })) if (index === 2) controller.abort();
      };
      await expect(loop()).rejects.toMatchObject({ code: 'aborted' });
      expect(await epochOf(loader, 3)).toEqual(expected);
    });
  });

  test('memory goes to and fro', async () => {
    await withLoader(packed, { batchSize: 10, workers: 1, prefetch: 1 }, async (loader) => {
      const batches: Batch[] = [];
      for await (const batch of loader.epoch(0)) batches.push(batch);
      for (const batch of batches) batch.recycle();
      const again: Batch[] = [];
      for await (const batch of loader.epoch(1)) again.push(batch);
      // Moved into the thread and out again: the first arrays are empty now.
      expect(batches.map(({ images }) => images.data.length)).toEqual([0, 0, 0, 0, 0]);
      expect(again.every(({ images }) => images.data.length === 10 * 144)).toBe(true);
    });
  });

  test('dispose ends a wait; the next epoch starts new threads', async () => {
    const loader = createLoader(shapes({ length: 400, size: 128 }), { platform, batchSize: 100, workers: 1 });
    const waiting = loader.epoch(0).next();
    const failed = expect(waiting).rejects.toMatchObject({ code: 'runtime', message: 'the loader was disposed' });
    await loader.dispose();
    await failed;
    expect((await loader.epoch(0, { startAt: 3 }).next()).value).toMatchObject({ index: 3 });
    await loader.dispose();
    await loader.dispose();
  });

  test('a thread that cannot start is an error, not a wait for ever', async () => {
    const start: typeof threads.start = (_, listener) => threads.start(new URL('file:///none/no-such-thread.js'), listener);
    await withLoader(
      packed,
      { batchSize: 4, workers: 2, platform: { ...platform, threads: { ...threads, start } } },
      async (loader) => {
        await expect(loader.epoch(0).next()).rejects.toMatchObject({
          code: 'runtime',
          message: expect.stringMatching(/thread that makes batches failed: .*no-such-thread/),
        });
      },
    );
  });

  test('a platform without threads makes the batches itself', async () => {
    const { threads: _, ...alone } = platform;
    const options: LoaderOptions = { batchSize: 8, shuffle: true, transforms };
    const expected = await epochOf(createLoader(packed, options), 0);
    expect(await epochOf(createLoader(packed, { ...options, workers: 2, platform: alone }), 0)).toEqual(expected);
  });
});

describe('a process with threads', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const run = async (body: string): Promise<{ status: number | null; output: string }> => {
    const folder = await bundleScripts({
      index: 'src/data/index.ts',
      node: 'src/platform/node.ts',
      'node-thread-entry': 'src/platform/node-thread-entry.ts',
      'loader-thread': 'src/data/loader-thread.ts',
    });
    const at = (name: string): string => JSON.stringify(new URL(name, folder).href);
    const code = `import { createLoader, shapes } from ${at('index.js')};\nimport { nodePlatform } from ${at('node.js')};\n${body}`;
    // As a user would try it: threads do not inherit this flag, with which no file can be started.
    const args = ['--input-type=module', '--eval', code];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
    const timer = setTimeout(() => child.kill(), 30_000);
    const status = await new Promise<number | null>((resolve) => child.on('exit', resolve));
    clearTimeout(timer);
    return { status, output };
  };

  test('ends by itself when an epoch is done, left, or failed, also without dispose', async () => {
    const loader = `createLoader(shapes({ length: 60 }), { batchSize: 10, workers: 2, platform: nodePlatform() })`;
    const body = `
      let count = 0;
      for await (const batch of ${loader}.epoch(0)) count += batch.labels.data.length;
      for await (const batch of ${loader}.epoch(0)) break;
      const late = ${loader}.epoch(0, { signal: AbortSignal.timeout(1) });
      const error = await late.next().then(() => late.next()).then(() => undefined, (error) => error);
      console.log(count, error?.code ?? 'fast');`;
    const { status, output } = await run(body);
    expect(output).toMatch(/^60 (aborted|fast)\n$/);
    expect(status).toBe(0);
  });
});

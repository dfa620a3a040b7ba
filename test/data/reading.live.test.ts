/** Data sets against what numpy, Pillow and torchvision read in the same files. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytesOf } from '../../src/base/tensor.ts';
import { createLoader, type Dataset, fashionMnist, imageFolder, imageTar, openCifar } from '../../src/data/index.ts';
import { nodePlatform } from '../../src/platform/node.ts';

const python = process.env.OCELLI_PYTHON ?? '/usr/bin/python3';
const script = join(import.meta.dirname, 'reference.py');
const debian = '/usr/share/datasets/fashion-mnist';
const cifar = join(import.meta.dirname, '../../../shared/data/cifar10');
const platform = nodePlatform();

const missing: string | undefined = [debian, cifar].find((path) => !existsSync(path));
if (missing !== undefined) console.log(`skipped: reading data sets needs ${missing}`);

function ask<T>(name: string, args: object): T {
  const output = execFileSync(python, [script, JSON.stringify([name, args])], {
    env: { ...process.env, OMP_NUM_THREADS: '1' },
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(String(output)) as T;
}

async function digests(set: Dataset): Promise<{ pixels: string; labels: string }> {
  const pixels = createHash('sha256');
  const labels = createHash('sha256');
  for (let i = 0; i < set.length; i++) {
    const { picture, label } = await set.get(i);
    pixels.update(picture.data);
    labels.update(Uint8Array.of(label));
  }
  return { pixels: pixels.digest('hex'), labels: labels.digest('hex') };
}

describe.skipIf(missing !== undefined)('the same pixels and labels as', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ocelli-reading-'));
    execFileSync('tar', ['xzf', join(cifar, 'test_jpeg.tar.gz'), '-C', folder]);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([['train', 'train', 60_000] as const, ['test', 't10k', 10_000] as const])(
    'torchvision’s reader of MNIST files: Fashion-MNIST %s',
    async (split, prefix, count) => {
      const set = await fashionMnist({ platform, folder: debian, split });
      const expected = ask<Record<string, unknown>>('idx', { folder: debian, prefix });
      const { pixels, labels } = await digests(set);
      expect({ images: pixels, imagesShape: [set.length, 28, 28], labels, labelsShape: [set.length] }).toEqual(expected);
      expect(set.length).toBe(count);
    },
  );

  test('numpy: CIFAR-10 in binary files', async () => {
    const path = join(cifar, 'test_1000.bin');
    const set = await openCifar({ platform, files: [path], labels: 'cifar10' });
    expect({ ...(await digests(set)), count: set.length }).toEqual(ask('cifar', { path }));
  });

  test('torchvision’s ImageFolder: 10,000 JPEG files, from a folder and from an archive', async () => {
    const root = join(folder, 'test');
    const set = await imageFolder({ platform, folder: root });
    const archive = await imageTar({ platform, file: join(cifar, 'test_jpeg.tar.gz') });
    const paths = (of: Dataset, prefix: number): string[] =>
      Array.from({ length: of.length }, (_, i) => of.describe(i).slice(prefix));
    const labels = Array.from({ length: set.length }, (_, i) => set.label(i));
    const expected = ask<{ pixels: string }>('folder', { path: root });
    const { pixels } = await digests(set);
    expect({ classes: set.classes, paths: paths(set, root.length + 1), labels, pixels }).toEqual(expected);
    const start = join(cifar, 'test_jpeg.tar.gz (test/').length;
    expect(paths(archive, start).map((path) => path.slice(0, -1))).toEqual(paths(set, root.length + 1));
    expect((await digests(archive)).pixels).toBe(expected.pixels);
  });

  test('torchvision’s ToTensor and Normalize: batches of the loader', async () => {
    const [mean, std, count] = [[0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616], 64];
    const set = await imageFolder({ platform, folder: join(folder, 'test') });
    const transforms = [{ kind: 'centerCrop', size: 32 }, { kind: 'toTensor' }, { kind: 'normalize', mean, std }] as const;
    const loader = createLoader(set, { batchSize: count, transforms });
    const { value: batch } = await loader.epoch(0).next();
    const values = createHash('sha256')
      .update(bytesOf(batch?.images ?? expect.fail('no batch')))
      .digest('hex');
    expect({ values }).toEqual(ask('normalized', { path: join(folder, 'test'), mean, std, count }));
  });
});

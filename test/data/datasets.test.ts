/** The contract of data sets, kept by all of them. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type ClipSample,
  cifar10,
  cifar100,
  type Dataset,
  fashionMnist,
  fewShot,
  imageFolder,
  imageTar,
  inMemory,
  mnist,
  openCifar,
  packedDataset,
  type Sample,
  shapeClips,
  shapes,
  stratifiedSplit,
  subset,
} from '../../src/data/index.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { datasetCases } from './dataset.contract.ts';
import { bmp, concat, gzip, idx, noise, platformWith, tar } from './files.ts';

const debian = '/usr/share/datasets/fashion-mnist';
const shared: string = new URL('../../../shared/data/cifar10', import.meta.url).pathname;
if (!existsSync(debian)) console.log(`skipped: Fashion-MNIST needs Debian's dataset-fashion-mnist in ${debian}`);
if (!existsSync(shared)) console.log(`skipped: CIFAR-10 needs ${shared}`);

/** Ten classes, two samples each. */
const digits = Uint8Array.from({ length: 20 }, (_, i) => i % 10);

function cifarFile(labelBytes: 1 | 2, count: number, classes: number): Uint8Array {
  return concat(
    Array.from({ length: count }, (_, i) =>
      concat([Uint8Array.of(...(labelBytes === 2 ? [i % 20] : []), i % classes), noise(i, 3072)]),
    ),
  );
}

const folderFiles: Readonly<Record<string, Uint8Array>> = {
  'pets/dog/b.bmp': bmp(1, 5, 4),
  'pets/dog/a.bmp': bmp(2, 5, 4),
  'pets/cat/deep/x.bmp': bmp(3, 5, 4),
  'pets/cat/y.bmp': bmp(4, 5, 4),
};
const archive = gzip(tar(Object.entries(folderFiles).map(([name, data]) => ({ name, data }))));

interface Kind {
  readonly name: string;
  readonly skip?: boolean;
  readonly files?: Readonly<Record<string, Uint8Array>>;
  open(platform: Platform): Promise<Dataset<Sample | ClipSample>>;
}

const kinds: readonly Kind[] = [
  {
    name: 'IDX',
    files: {
      'm/train-images-idx3-ubyte': idx([20, 3, 2], noise(1, 120)),
      'm/train-labels-idx1-ubyte.gz': gzip(idx([20], digits)),
    },
    open: (platform) => mnist({ platform, folder: 'm' }),
  },
  {
    name: 'CIFAR-10 in a folder',
    files: Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`c/cifar-10-batches-bin/data_batch_${n}.bin`, cifarFile(1, 10, 10)])),
    open: (platform) => cifar10({ platform, folder: 'c' }),
  },
  {
    name: 'CIFAR-100 in an archive',
    files: {
      'c/cifar-100-binary.tar.gz': gzip(tar([{ name: 'cifar-100-binary/test.bin', data: cifarFile(2, 200, 100) }])),
    },
    open: (platform) => cifar100({ platform, folder: 'c', split: 'test' }),
  },
  { name: 'a folder', files: folderFiles, open: (platform) => imageFolder({ platform, folder: 'pets' }) },
  { name: 'an archive', files: { 'pets.tgz': archive }, open: (platform) => imageTar({ platform, file: 'pets.tgz' }) },
  {
    name: 'an archive decoded into memory',
    files: { 'pets.tgz': archive },
    open: async (platform) => inMemory(await imageTar({ platform, file: 'pets.tgz' }), { platform }),
  },
  {
    name: 'packed pictures',
    open: async () =>
      packedDataset({
        name: 'own',
        classes: ['a', 'b'],
        width: 2,
        height: 3,
        channels: 1,
        pixels: noise(1, 24),
        labels: Uint16Array.of(0, 1, 1, 0),
      }),
  },
  { name: 'shapes', open: async () => shapes({ length: 40, seed: 3 }) },
  {
    name: 'several shapes, gray, in a wide picture',
    open: async () => shapes({ length: 12, size: [48, 24], channels: 1, objects: [1, 3], shapes: ['star', 'ring'] }),
  },
  { name: 'clips', open: async () => shapeClips({ length: 16, frames: 3 }) },
  { name: 'a subset', open: async () => subset(shapes({ length: 40 }), [9, 8, 7, 6, 5, 4, 3, 2]) },
  { name: 'the larger part of a split', open: async () => stratifiedSplit(shapes({ length: 80 }), { fraction: 0.2 }).train },
  {
    name: 'the smaller part of a split',
    open: async () => stratifiedSplit(shapes({ length: 80 }), { fraction: 0.2 }).validation,
  },
  { name: 'few shots', open: async () => fewShot(shapeClips({ length: 80, frames: 2 }), { perClass: 2 }) },
  {
    name: "Debian's Fashion-MNIST",
    skip: !existsSync(debian),
    open: () => fashionMnist({ platform: nodePlatform(), folder: debian, split: 'test' }),
  },
  {
    name: 'a thousand pictures of CIFAR-10',
    skip: !existsSync(shared),
    open: (platform) =>
      openCifar({
        platform: { ...platform, files: nodePlatform().files },
        files: [`${shared}/test_1000.bin`],
        labels: 'cifar10',
      }),
  },
];

for (const { name, skip = false, files = {}, open } of kinds) {
  describe.skipIf(skip)(name, () => {
    for (const { name: what, run } of datasetCases) {
      test(what, async () => {
        const platform = await platformWith(files);
        await run(await open(platform), platform);
      });
    }
  });
}

test('the contract notices a data set that gives something else', async () => {
  const good = shapes({ length: 16 });
  const broken: Dataset = { ...good, label: (index) => (good.label(index) + 1) % 8 };
  const platform = nodePlatform();
  await expect(datasetCases[1]?.run(broken, platform)).rejects.toThrow(/has label 0, not 1/);
});

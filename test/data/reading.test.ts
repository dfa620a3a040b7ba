/** Real data sets against hashes of what numpy, Pillow and torchvision read in them (reference.py). */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Dataset, fashionMnist, imageTar, openCifar, subset } from '../../src/data/index.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import golden from './reading.golden.json' with { type: 'json' };

const debian = '/usr/share/datasets/fashion-mnist';
const cifar: string = join(import.meta.dirname, '../../../shared/data/cifar10');
const platform = nodePlatform();
for (const path of [debian, cifar]) if (!existsSync(path)) console.log(`skipped: reading real data sets needs ${path}`);

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

test.skipIf(!existsSync(debian))('Fashion-MNIST', async () => {
  const set = await fashionMnist({ platform, folder: debian, split: 'test' });
  const { pixels, labels } = await digests(set);
  expect({ images: pixels, imagesShape: [set.length, 28, 28], labels, labelsShape: [set.length] }).toEqual(golden.fashion);
  expect(set.classes[set.label(0)]).toBe('Ankle boot');
});

describe.skipIf(!existsSync(cifar))('CIFAR-10', () => {
  test('in the binary layout', async () => {
    const set = await openCifar({ platform, files: [join(cifar, 'test_1000.bin')], labels: 'cifar10' });
    expect({ ...(await digests(set)), count: set.length }).toEqual(golden.cifar);
  });

  test('as an archive of JPEG files', async () => {
    const set = await imageTar({ platform, file: join(cifar, 'test_jpeg.tar.gz') });
    expect([set.length, set.classes.length]).toEqual([10_000, 10]);
    expect(
      (
        await digests(
          subset(
            set,
            Array.from({ length: 100 }, (_, i) => i),
          ),
        )
      ).pixels,
    ).toBe(golden.airplanes);
  });
});

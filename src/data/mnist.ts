/** MNIST and Fashion-MNIST: 60,000 + 10,000 gray pictures of 28x28. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { Dataset } from './dataset.ts';
import { openIdx } from './idx.ts';

export interface MnistOptions {
  readonly platform: Platform;
  /** Default 'train'. */
  readonly split?: 'train' | 'test';
  /** Where the four IDX files are, gzipped or not, under their usual names; torchvision's `MNIST/raw` is one such folder. */
  readonly folder: string;
}

const mnistClasses = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'].map(
  (name, digit) => `${digit} - ${name}`,
);

const fashionClasses: readonly string[] = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

async function open(title: string, classes: readonly string[], options: MnistOptions): Promise<Dataset> {
  checkKeys(title, options, ['platform', 'split', 'folder']);
  const { platform, split = 'train', folder } = options;
  if (split !== 'train' && split !== 'test') {
    throw new OcelliError('usage', `${title}: split must be train or test, ${String(split)} came`);
  }
  const prefix = split === 'train' ? 'train' : 't10k';
  const images = await find(platform, folder, `${prefix}-images-idx3-ubyte`, title);
  const labels = await find(platform, folder, `${prefix}-labels-idx1-ubyte`, title);
  return openIdx({ platform, name: `${title} ${split}`, classes, images, labels });
}

/** The file, gzipped or not. @throws io when the folder has neither */
async function find(platform: Platform, folder: string, name: string, title: string): Promise<string> {
  for (const path of [`${folder}/${name}`, `${folder}/${name}.gz`]) {
    if ((await platform.files.stat(path))?.kind === 'file') return path;
  }
  throw new OcelliError('io', `${folder} has no file ${name} or ${name}.gz; ${title} needs its four IDX files there`);
}

/**
 * MNIST's handwritten digits, with torchvision's class names.
 * @throws io or format when a file is missing or damaged
 */
export function mnist(options: MnistOptions): Promise<Dataset> {
  return open('MNIST', mnistClasses, options);
}

/**
 * Zalando's Fashion-MNIST, with torchvision's class names. Debian's package `dataset-fashion-mnist` puts it into
 * /usr/share/datasets/fashion-mnist.
 * @throws io or format when a file is missing or damaged
 */
export function fashionMnist(options: MnistOptions): Promise<Dataset> {
  return open('Fashion-MNIST', fashionClasses, options);
}

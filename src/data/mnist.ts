/** MNIST and Fashion-MNIST: 60,000 + 10,000 gray pictures of 28x28. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { Dataset } from './dataset.ts';
import { openIdx } from './idx.ts';
import { type FetchOptions, fetchData } from './sources.ts';

export interface MnistOptions extends FetchOptions {
  /** Default 'train'. */
  readonly split?: 'train' | 'test';
  /**
   * Where the four IDX files are, gzipped or not, under their usual names; torchvision's `MNIST/raw` is one such folder.
   * Default: they are downloaded once, checked, and kept in the cache.
   */
  readonly folder?: string;
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

const sets = {
  mnist: { title: 'MNIST', classes: mnistClasses },
  'fashion-mnist': { title: 'Fashion-MNIST', classes: fashionClasses },
} as const;

async function open(set: keyof typeof sets, options: MnistOptions): Promise<Dataset> {
  const { title, classes } = sets[set];
  checkKeys(title, options, ['platform', 'split', 'folder', 'onProgress', 'signal']);
  const { platform, split = 'train', folder } = options;
  if (split !== 'train' && split !== 'test') {
    throw new OcelliError('usage', `${title}: split must be train or test, ${String(split)} came`);
  }
  const locate = (name: string): Promise<string> =>
    folder === undefined ? fetchData(set, `${name}.gz`, options) : find(platform, folder, name, title);
  const prefix = split === 'train' ? 'train' : 't10k';
  const images = await locate(`${prefix}-images-idx3-ubyte`);
  const labels = await locate(`${prefix}-labels-idx1-ubyte`);
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
 * MNIST's handwritten digits (LeCun et al. 1998), with torchvision's class names.
 * @throws io or format when a file of the folder is missing or damaged
 * @throws network, integrity, io or aborted when it cannot be downloaded
 */
export function mnist(options: MnistOptions): Promise<Dataset> {
  return open('mnist', options);
}

/**
 * Zalando's articles of clothing (Xiao et al. 2017), with torchvision's class names. Debian's package
 * `dataset-fashion-mnist` puts the files into /usr/share/datasets/fashion-mnist.
 * @throws io or format when a file of the folder is missing or damaged
 * @throws network, integrity, io or aborted when it cannot be downloaded
 */
export function fashionMnist(options: MnistOptions): Promise<Dataset> {
  return open('fashion-mnist', options);
}

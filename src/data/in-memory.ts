/** All pictures of a data set decoded once, for small ones that would be decoded again every epoch. */
import { OcelliError, throwIfAborted } from '../base/errors.ts';
import type { Platform } from '../platform/platform.ts';
import { checkLabel, checkPicture, type Dataset, type Sample } from './dataset.ts';
import { packedDataset } from './packed.ts';

export interface InMemoryOptions {
  readonly platform: Platform;
  /** Called now and then with how many samples are done. */
  readonly onProgress?: (done: number, length: number) => void;
  readonly signal?: AbortSignal;
}

/** Samples asked for at once. */
const AHEAD = 8;

/**
 * A copy of a data set with its pictures decoded in memory: width * height * channels bytes each, 154 MB for CIFAR-10's
 * 50,000. Its samples are the same ones under the same indices.
 * @throws shape when the pictures differ in size or channels
 * @throws the error of a sample that cannot be read; aborted
 */
export async function inMemory(dataset: Dataset, { platform, onProgress, signal }: InMemoryOptions): Promise<Dataset> {
  const { length, name, classes } = dataset;
  if (length === 0) return dataset;
  const { width, height, channels } = (await dataset.get(0)).picture;
  const size = width * height * channels;
  const pixels = platform.threads?.memory(length * size) ?? new Uint8Array(length * size);
  const labels = new Uint16Array(length);
  let next = 0;
  let done = 0;
  const put = ({ picture, label }: Sample, index: number): void => {
    checkPicture(picture, dataset.describe(index));
    checkLabel(label, classes, dataset.describe(index));
    if (picture.width !== width || picture.height !== height || picture.channels !== channels) {
      const came = `${picture.width}x${picture.height}x${picture.channels}`;
      throw new OcelliError(
        'shape',
        `${dataset.describe(index)} is ${came}, the first picture ${width}x${height}x${channels}; inMemory needs one size`,
      );
    }
    pixels.set(picture.data, index * size);
    labels[index] = label;
  };
  const work = async (): Promise<void> => {
    while (next < length) {
      throwIfAborted(signal, `reading ${name}`);
      const index = next++;
      put(await dataset.get(index), index);
      done++;
      if (done % 256 === 0 || done === length) onProgress?.(done, length);
    }
  };
  try {
    await Promise.all(Array.from({ length: AHEAD }, work));
  } catch (error) {
    next = length;
    throw error;
  }
  return packedDataset({ name, classes, width, height, channels, pixels, labels });
}

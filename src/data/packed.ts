/** Data sets whose pictures all have one size and lie in memory one after the other: what IDX and CIFAR files become. */
import { OcelliError } from '../base/errors.ts';
import type { Picture } from '../platform/image.ts';
import { checkIndex, checkLabel, type Dataset, type Sample } from './dataset.ts';
import type { PackedPictures } from './descriptions.ts';

/**
 * A data set over pictures in memory, which are not copied.
 * @throws shape when there are more or fewer pixels than the labels need
 * @throws format for a label that names no class
 */
export function packedDataset(packed: PackedPictures): Dataset {
  const { name, classes, width, height, channels, pixels, labels } = packed;
  const size = width * height * channels;
  if (pixels.length !== size * labels.length) {
    throw new OcelliError(
      'shape',
      `${name}: ${labels.length} pictures of ${width}x${height}x${channels} need ${size * labels.length} bytes, ${pixels.length} came`,
    );
  }
  const describe = (index: number): string => `${name}, sample ${index}`;
  for (let i = 0; i < labels.length; i++) checkLabel(labels[i] as number, classes, describe(i));
  const picture = (index: number): Picture => ({
    width,
    height,
    channels,
    data: pixels.subarray(index * size, (index + 1) * size),
  });
  const label = (index: number): number => {
    checkIndex(dataset, index);
    return labels[index] as number;
  };
  const dataset: Dataset = {
    name,
    length: labels.length,
    classes,
    format: { channels, size: { width, height } },
    label,
    get: (index): Sample => ({ label: label(index), picture: picture(index) }),
    describe,
    portable: { kind: 'packed', ...packed },
  };
  return dataset;
}

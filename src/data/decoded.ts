/** Data sets of encoded pictures: files of a folder, or an archive's files in memory, decoded when they are asked for. */
import { OcelliError } from '../base/errors.ts';
import type { Picture } from '../platform/image.ts';
import type { Platform } from '../platform/platform.ts';
import { checkIndex, type Dataset } from './dataset.ts';
import type { EncodedPictures, PictureFiles, PortableDataset } from './descriptions.ts';

/** A data set whose sample `index` is decoded from the bytes that `read` gives. */
function decodedDataset(
  { name, classes, labels, paths }: Pick<PictureFiles, 'name' | 'classes' | 'labels' | 'paths'>,
  platform: Platform,
  read: (index: number) => Uint8Array | Promise<Uint8Array>,
  describe: (index: number) => string,
  portable: PortableDataset,
): Dataset {
  if (labels.length !== paths.length) {
    throw new OcelliError('usage', `${name}: ${paths.length} pictures came with ${labels.length} labels`);
  }
  const label = (index: number): number => {
    checkIndex(dataset, index);
    return labels[index] as number;
  };
  const dataset: Dataset = {
    name,
    length: labels.length,
    classes,
    format: { channels: 3 },
    label,
    get: async (index) => {
      const own = label(index);
      const { width, height, data } = await platform.decodeImage(await read(index));
      const picture: Picture = { width, height, channels: 3, data };
      return { picture, label: own };
    },
    describe,
    portable,
  };
  return dataset;
}

/** A data set of picture files. */
export function fileDataset(files: PictureFiles, platform: Platform): Dataset {
  const { root, paths } = files;
  const describe = (index: number): string => `${root}/${paths[index]}`;
  const read = async (index: number): Promise<Uint8Array> => {
    const file = await platform.files.open(describe(index));
    try {
      return await file.read(0, file.size);
    } finally {
      await file.close();
    }
  };
  return decodedDataset(files, platform, read, describe, { kind: 'files', ...files });
}

/** A data set of encoded pictures in memory. */
export function encodedDataset(encoded: EncodedPictures, platform: Platform): Dataset {
  const { archive, paths, bytes, ends } = encoded;
  // Decoders get memory of their own: not all take memory that threads share.
  const read = (index: number): Uint8Array => new Uint8Array(bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index]));
  const describe = (index: number): string => `${archive} (${paths[index]})`;
  return decodedDataset(encoded, platform, read, describe, { kind: 'encoded', ...encoded });
}

/** Opens the data that a recipe names. */
import { isOcelliError, OcelliError } from '../../base/errors.ts';
import {
  cifar10,
  cifar100,
  type Dataset,
  fashionMnist,
  imageFolder,
  imageTar,
  inMemory,
  mnist,
  shapes,
  stratifiedSplit,
} from '../../data/index.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Context } from '../context.ts';
import { withProgress } from '../progress.ts';

/** The part of a data set: what is for training, or what is held back. */
export type Part = 'train' | 'test';

export interface DataChoice {
  readonly data: string;
  readonly dataFolder?: string;
  /** Side of generated pictures. */
  readonly size?: number;
  readonly seed: number;
}

/** Side of pictures, and bytes of a set, up to which an archive is kept decoded. */
const SMALL = 64;
const MOST_BYTES = 2 ** 29;

const named = { mnist, 'fashion-mnist': fashionMnist, cifar10, cifar100 } as const;

/** Opens one part of a data set. @throws usage, io, format and network, as the set does */
export async function openData(choice: DataChoice, part: Part, platform: Platform, context: Context): Promise<Dataset> {
  const { data, dataFolder, size = 32, seed } = choice;
  if (data === 'shapes') {
    return shapes({ length: part === 'train' ? 8000 : 2000, seed, size, split: part === 'train' ? 'train' : 'test' });
  }
  if (Object.hasOwn(named, data)) {
    const open = named[data as keyof typeof named];
    return withProgress(context, (onProgress) =>
      open({
        platform,
        split: part,
        onProgress,
        signal: context.signal,
        ...(dataFolder === undefined ? {} : { folder: dataFolder }),
      }),
    );
  }
  const info = await platform.files.stat(data);
  if (!info) {
    const names = ['shapes', ...Object.keys(named)].join(', ');
    throw new OcelliError('usage', `there is no data set, folder or archive "${data}"; data sets are ${names}`);
  }
  return info.kind === 'folder' ? openFolder(data, part, platform) : openArchive(data, platform, context);
}

/** Small pictures of one size are decoded once; large ones, or ones of many sizes, each time they are used. */
async function openArchive(file: string, platform: Platform, context: Context): Promise<Dataset> {
  const archive = await imageTar({ platform, file });
  const { width, height, channels } = (await archive.get(0)).picture;
  if (Math.max(width, height) > SMALL || archive.length * width * height * channels > MOST_BYTES) return archive;
  try {
    return await inMemory(archive, { platform, signal: context.signal });
  } catch (error) {
    if (isOcelliError(error) && error.code === 'shape') return archive;
    throw error;
  }
}

/** A folder with `train` and `test` or `val` in it, or one of class folders. */
async function openFolder(folder: string, part: Part, platform: Platform): Promise<Dataset> {
  return imageFolder({ platform, folder: (await partOf(folder, part, platform)) ?? folder });
}

async function partOf(folder: string, part: Part, platform: Platform): Promise<string | undefined> {
  const names = part === 'train' ? ['train', 'training'] : ['test', 'val', 'valid', 'validation'];
  for (const name of names) {
    const inside = `${folder}/${name}`;
    if ((await platform.files.stat(inside))?.kind === 'folder') return inside;
  }
  return undefined;
}

/** Whether the data has a part of its own for tests: folders may, archives do not, generated and published sets do. */
export async function hasParts(data: string, platform: Platform): Promise<boolean> {
  if (data === 'shapes' || Object.hasOwn(named, data)) return true;
  return (await partOf(data, 'test', platform)) !== undefined;
}

/**
 * Training and validation data of a recipe.
 * @throws usage for a validation part that does not exist
 */
export async function openTraining(
  choice: DataChoice & { readonly validation: string },
  platform: Platform,
  context: Context,
): Promise<{ readonly train: Dataset; readonly validation?: Dataset }> {
  const train = await openData(choice, 'train', platform, context);
  const share = Number(choice.validation);
  if (choice.validation.trim() !== '' && Number.isFinite(share)) {
    if (share === 0) return { train };
    if (!(share > 0 && share < 1)) {
      throw new OcelliError('usage', `validation is a share from 0 to 1, "test", or a folder; ${choice.validation} came`);
    }
    return stratifiedSplit(train, { fraction: share, seed: choice.seed });
  }
  if (choice.validation === 'test') {
    if (!(await hasParts(choice.data, platform))) {
      throw new OcelliError(
        'usage',
        `${choice.data} has no folder "test" or "val" to validate with; --validation 0.1 holds back a tenth`,
      );
    }
    return { train, validation: await openData(choice, 'test', platform, context) };
  }
  return { train, validation: await openData({ ...choice, data: choice.validation }, 'test', platform, context) };
}

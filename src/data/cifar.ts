/**
 * CIFAR-10 and CIFAR-100 in their binary files: one record after the other, of the label (CIFAR-100: the coarse and the fine
 * one) and 32x32 pixels, first all red, then all green, then all blue. Format: https://www.cs.toronto.edu/~kriz/cifar.html
 */
import { checkKeys, OcelliError } from '../base/errors.ts';
import { readTar } from '../files/tar.ts';
import type { ByteSource, Platform } from '../platform/platform.ts';
import { cifar10Classes, cifar100CoarseClasses, cifar100FineClasses } from './cifar-classes.ts';
import type { Dataset } from './dataset.ts';
import { packedDataset } from './packed.ts';
import { type FetchOptions, fetchData } from './sources.ts';

const SIDE = 32;
const PLANE = SIDE * SIDE;

/** How a record begins. */
interface Layout {
  readonly labelBytes: 1 | 2;
  /** Which of them is the label. */
  readonly labelAt: 0 | 1;
  readonly classes: readonly string[];
}

interface Part {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const layouts = {
  cifar10: { labelBytes: 1, labelAt: 0, classes: cifar10Classes },
  fine: { labelBytes: 2, labelAt: 1, classes: cifar100FineClasses },
  coarse: { labelBytes: 2, labelAt: 0, classes: cifar100CoarseClasses },
} as const satisfies Readonly<Record<string, Layout>>;

/** @throws format for parts that are not whole records, or a label that names no class */
function gather(name: string, parts: readonly Part[], layout: Layout, platform: Platform): Dataset {
  const record = layout.labelBytes + 3 * PLANE;
  for (const { name: part, bytes } of parts) {
    if (bytes.length > 0 && bytes.length % record === 0) continue;
    const whole = Math.floor(bytes.length / record);
    throw new OcelliError(
      'format',
      `${part} has ${bytes.length} bytes, ${whole} records of ${record} and ${bytes.length % record} more; it is cut off or no such file`,
    );
  }
  const count = parts.reduce((sum, { bytes }) => sum + bytes.length / record, 0);
  const size = count * 3 * PLANE;
  const pixels = platform.threads?.memory(size) ?? new Uint8Array(size);
  const labels = new Uint8Array(count);
  let index = 0;
  for (const { bytes } of parts) {
    for (let at = 0; at < bytes.length; at += record, index++) {
      labels[index] = bytes[at + layout.labelAt] as number;
      const first = at + layout.labelBytes;
      for (let i = 0, to = index * 3 * PLANE; i < PLANE; i++) {
        pixels[to++] = bytes[first + i] as number;
        pixels[to++] = bytes[first + PLANE + i] as number;
        pixels[to++] = bytes[first + 2 * PLANE + i] as number;
      }
    }
  }
  return packedDataset({ name, classes: layout.classes, width: SIDE, height: SIDE, channels: 3, pixels, labels });
}

export interface CifarFilesOptions {
  readonly platform: Platform;
  /** Paths of binary files; their records follow each other. */
  readonly files: readonly string[];
  /** What the records' labels are: CIFAR-10's, or CIFAR-100's fine or coarse ones. */
  readonly labels: 'cifar10' | 'fine' | 'coarse';
  /** For messages; default the first file's path. */
  readonly name?: string;
}

/**
 * A data set over any files of CIFAR's binary layout.
 * @throws io when a file cannot be read
 * @throws format for a file that is not whole records, or a label that names no class
 */
export async function openCifar(options: CifarFilesOptions): Promise<Dataset> {
  checkKeys('openCifar', options, ['platform', 'files', 'labels', 'name']);
  const { platform, files, labels, name = files[0] ?? 'CIFAR' } = options;
  if (!Object.hasOwn(layouts, labels)) {
    throw new OcelliError('usage', `openCifar: labels must be cifar10, fine or coarse, ${String(labels)} came`);
  }
  const parts: Part[] = [];
  for (const path of files) parts.push({ name: path, bytes: await withFile(platform, path, (file) => file.read(0, file.size)) });
  return gather(name, parts, layouts[labels], platform);
}

async function withFile<T>(platform: Platform, path: string, body: (file: ByteSource) => Promise<T>): Promise<T> {
  const file = await platform.files.open(path);
  try {
    return await body(file);
  } finally {
    await file.close();
  }
}

/** The files of these names in an archive, wherever in it. @throws format when one is missing */
async function partsOfArchive(platform: Platform, archive: string, names: readonly string[]): Promise<Part[]> {
  const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const found = new Map<string, Part>();
  await withFile(platform, archive, async (file) => {
    const wanted = (path: string): boolean => names.includes(nameOf(path)) && !found.has(nameOf(path));
    for await (const { name, data } of readTar(file, { wanted })) {
      found.set(nameOf(name), { name: `${archive} (${name})`, bytes: data });
      if (found.size === names.length) break;
    }
  });
  return names.map((name) => {
    const part = found.get(name);
    if (part === undefined) throw new OcelliError('format', `${archive} has no file ${name}; it is another archive`);
    return part;
  });
}

export interface CifarOptions extends FetchOptions {
  /** Default 'train'. */
  readonly split?: 'train' | 'test';
  /**
   * A folder with the archive (`cifar-10-binary.tar.gz`, `cifar-100-binary.tar.gz`) or with what is in it. Default: the
   * archive is downloaded once, checked, and kept in the cache.
   */
  readonly folder?: string;
}

export interface Cifar100Options extends CifarOptions {
  /** 100 fine classes, or the 20 coarse ones they belong to. Default 'fine'. */
  readonly labels?: 'fine' | 'coarse';
}

interface CifarSet {
  readonly set: 'cifar10' | 'cifar100';
  readonly title: string;
  readonly archive: string;
  /** The folder that the archive unpacks to. */
  readonly unpacked: string;
  readonly parts: { readonly train: readonly string[]; readonly test: readonly string[] };
}

const cifar10Set: CifarSet = {
  set: 'cifar10',
  title: 'CIFAR-10',
  archive: 'cifar-10-binary.tar.gz',
  unpacked: 'cifar-10-batches-bin',
  parts: { train: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`), test: ['test_batch.bin'] },
};

const cifar100Set: CifarSet = {
  set: 'cifar100',
  title: 'CIFAR-100',
  archive: 'cifar-100-binary.tar.gz',
  unpacked: 'cifar-100-binary',
  parts: { train: ['train.bin'], test: ['test.bin'] },
};

async function open(own: CifarSet, options: CifarOptions, layout: Layout): Promise<Dataset> {
  const { platform, split = 'train', folder } = options;
  if (split !== 'train' && split !== 'test') {
    throw new OcelliError('usage', `${own.title}: split must be train or test, ${String(split)} came`);
  }
  const name = `${own.title} ${split}`;
  const names = own.parts[split];
  if (folder === undefined) {
    const archive = await fetchData(own.set, own.archive, options);
    return gather(name, await partsOfArchive(platform, archive, names), layout, platform);
  }
  for (const place of [folder, `${folder}/${own.unpacked}`]) {
    if ((await platform.files.stat(`${place}/${names[0]}`))?.kind !== 'file') continue;
    const read = (path: string): Promise<Uint8Array> => withFile(platform, path, (file) => file.read(0, file.size));
    const parts: Part[] = [];
    for (const part of names) parts.push({ name: `${place}/${part}`, bytes: await read(`${place}/${part}`) });
    return gather(name, parts, layout, platform);
  }
  const archive = `${folder}/${own.archive}`;
  if ((await platform.files.stat(archive))?.kind === 'file') {
    return gather(name, await partsOfArchive(platform, archive, names), layout, platform);
  }
  throw new OcelliError('io', `${folder} has neither ${names[0]} nor ${own.archive}; ${own.title} needs one of them there`);
}

/**
 * CIFAR-10 (Krizhevsky 2009): 50,000 + 10,000 pictures of 32x32, in the order of torchvision's.
 * @throws io or format when a file of the folder is missing or damaged
 * @throws network, integrity, io or aborted when it cannot be downloaded
 */
export async function cifar10(options: CifarOptions): Promise<Dataset> {
  checkKeys('CIFAR-10', options, ['platform', 'split', 'folder', 'onProgress', 'signal']);
  return open(cifar10Set, options, layouts.cifar10);
}

/**
 * CIFAR-100 (Krizhevsky 2009): 50,000 + 10,000 pictures of 32x32, in the order of torchvision's.
 * @throws io or format when a file of the folder is missing or damaged
 * @throws network, integrity, io or aborted when it cannot be downloaded
 */
export async function cifar100(options: Cifar100Options): Promise<Dataset> {
  checkKeys('CIFAR-100', options, ['platform', 'split', 'folder', 'labels', 'onProgress', 'signal']);
  const { labels = 'fine', ...rest } = options;
  if (labels !== 'fine' && labels !== 'coarse') {
    throw new OcelliError('usage', `CIFAR-100: labels must be fine or coarse, ${String(labels)} came`);
  }
  return open(cifar100Set, rest, layouts[labels]);
}

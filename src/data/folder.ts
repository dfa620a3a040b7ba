/** Pictures in folders, a folder for each class. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import type { FileSystem, Platform } from '../platform/platform.ts';
import { isPicture, labelPaths } from './class-folders.ts';
import type { Dataset } from './dataset.ts';
import { fileDataset } from './decoded.ts';

export interface FolderOptions {
  readonly platform: Platform;
  readonly folder: string;
  /** For messages; default the folder's path. */
  readonly name?: string;
}

/** Folders inside folders; links may lead in circles. */
const DEPTH = 64;

async function collect(files: FileSystem, root: string, path: string, depth: number, found: string[]): Promise<void> {
  if (depth > DEPTH) {
    throw new OcelliError('format', `${root}/${path} is more than ${DEPTH} folders deep; a link in it may lead in a circle`);
  }
  for (const { name, kind } of await files.list(`${root}/${path}`)) {
    if (name.startsWith('.')) continue;
    if (kind === 'folder') await collect(files, root, `${path}/${name}`, depth + 1, found);
    else if (isPicture(name)) found.push(`${path}/${name}`);
  }
}

/**
 * The pictures of a folder, as torchvision's ImageFolder finds, orders and numbers them: each folder in it is a class,
 * sorted by name; pictures lie in it at any depth and are decoded to RGB when they are asked for. Other than torchvision it
 * leaves out folders and files whose names begin with a dot, and refuses PPM and PGM.
 * @throws io when there is no such folder
 * @throws format when it has no class folders, or one without pictures
 *
 * @example
 * const train = await imageFolder({ platform: nodePlatform(), folder: 'flowers/train' });
 */
export async function imageFolder(options: FolderOptions): Promise<Dataset> {
  checkKeys('imageFolder', options, ['platform', 'folder', 'name']);
  const { platform, folder, name = folder } = options;
  const entries = await platform.files.list(folder);
  const classes = entries.filter((entry) => entry.kind === 'folder' && !entry.name.startsWith('.'));
  const pictures: string[] = [];
  for (const each of classes) await collect(platform.files, folder, each.name, 1, pictures);
  const labelled = labelPaths(
    folder,
    pictures,
    classes.map((each) => each.name),
  );
  return fileDataset({ name, root: folder, ...labelled }, platform);
}

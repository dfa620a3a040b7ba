/** Pictures in a tar archive, a folder for each class. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import { readTar } from '../files/tar.ts';
import type { Platform } from '../platform/platform.ts';
import { isPicture, labelPaths } from './class-folders.ts';
import type { Dataset } from './dataset.ts';
import { encodedDataset } from './decoded.ts';

export interface TarOptions {
  readonly platform: Platform;
  /** The archive, `.tar` or `.tar.gz`. */
  readonly file: string;
  /** The folder in it whose folders are the classes; default the deepest one that all its pictures are in, if in folders of it. */
  readonly root?: string;
  /** For messages; default the archive's path. */
  readonly name?: string;
}

/**
 * The deepest folder that all paths are in, without a slash at its end; '' when they have none in common. One that has no
 * folders itself is a class, and the one above it is meant.
 */
function rootOf(paths: readonly string[]): string {
  let common = paths[0]?.split('/').slice(0, -1) ?? [];
  for (const path of paths) {
    const folders = path.split('/').slice(0, -1);
    const differs = common.findIndex((name, i) => name !== folders[i]);
    if (differs >= 0) common = common.slice(0, differs);
  }
  const folders = paths.some((path) => path.split('/').length > common.length + 1);
  return (folders ? common : common.slice(0, -1)).join('/');
}

/**
 * The pictures of an archive, in the order and with the classes that `imageFolder` would give of it unpacked. They are read
 * into memory as they are, and decoded when they are asked for; nothing is written to disk.
 * @throws format when the archive is damaged, has no folders of pictures, or has a path twice
 * @throws unsupported when its pictures are more than 2 GiB
 */
export async function imageTar(options: TarOptions): Promise<Dataset> {
  checkKeys('imageTar', options, ['platform', 'file', 'root', 'name']);
  const { platform, file, name = file } = options;
  const members = new Map<string, Uint8Array>();
  const source = await platform.files.open(file);
  try {
    for await (const member of readTar(source, { wanted: isPicture })) {
      if (members.has(member.name)) throw new OcelliError('format', `${file} has two files named ${member.name}`);
      members.set(member.name, member.data);
    }
  } finally {
    await source.close();
  }
  const root = options.root?.replace(/\/+$/, '') ?? rootOf([...members.keys()]);
  const prefix = root === '' ? '' : `${root}/`;
  const inside = [...members.keys()].filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  const { classes, paths, labels } = labelPaths(`${file} (${root})`, inside);
  const ends = new Float64Array(paths.length);
  let size = 0;
  for (const [i, path] of paths.entries()) {
    size += members.get(prefix + path)?.length ?? 0;
    ends[i] = size;
  }
  const bytes = platform.threads?.memory(size) ?? new Uint8Array(size);
  for (const [i, path] of paths.entries()) bytes.set(members.get(prefix + path) as Uint8Array, i === 0 ? 0 : ends[i - 1]);
  const whole = paths.map((path) => prefix + path);
  return encodedDataset({ name, classes, archive: file, paths: whole, labels, bytes, ends }, platform);
}

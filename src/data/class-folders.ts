/**
 * Which pictures a tree of folders holds and what classes they have, as torchvision's ImageFolder sees it: a folder for
 * each class, sorted by name; in it, at any depth, files sorted by their folder and then by name.
 */

import { byName } from '../base/by-name.ts';
import { OcelliError } from '../base/errors.ts';

/** The extensions of torchvision's ImageFolder, in any case. */
const extensions: readonly string[] = ['.jpg', '.jpeg', '.png', '.ppm', '.bmp', '.pgm', '.tif', '.tiff', '.webp'];

export interface LabelledPaths {
  readonly classes: readonly string[];
  /** From the root, with slashes. */
  readonly paths: readonly string[];
  readonly labels: Uint16Array;
}

/** Whether the path is a picture's. Files and folders whose names begin with a dot are left out, though torchvision takes them. */
export function isPicture(path: string): boolean {
  const name = path.toLowerCase();
  return extensions.some((extension) => name.endsWith(extension)) && !/(^|\/)\./.test(path);
}

/** Folder and name of a path. */
function splitPath(path: string): { folder: string; name: string } {
  const at = path.lastIndexOf('/');
  return { folder: path.slice(0, Math.max(0, at)), name: path.slice(at + 1) };
}

/**
 * Sorts pictures into classes by the first folder of their paths.
 * @param classes the class folders, when known; a folder without pictures is an error
 * @throws format when there are no classes or a class has no picture
 * @throws unsupported for PPM and PGM files, and for more than 65,536 classes
 */
export function labelPaths(root: string, pictures: readonly string[], classes?: readonly string[]): LabelledPaths {
  const byClass = new Map<string, { path: string; folder: { name: string }; name: string }[]>();
  for (const name of classes ?? []) byClass.set(name, []);
  for (const path of pictures) {
    const top = path.slice(0, Math.max(0, path.indexOf('/')));
    if (top === '') continue;
    if (/\.p[pg]m$/i.test(path)) {
      throw new OcelliError('unsupported', `${root}/${path}: PPM and PGM files are not read; save it as PNG`);
    }
    const { folder, name } = splitPath(path);
    const files = byClass.get(top) ?? [];
    files.push({ path, folder: { name: folder }, name });
    byClass.set(top, files);
  }
  if (byClass.size === 0) {
    throw new OcelliError('format', `${root} has no folder of pictures; put each class into a folder of its own, named after it`);
  }
  const names = Array.from(byClass.keys(), (name) => ({ name }))
    .sort(byName)
    .map(({ name }) => name);
  const empty = names.filter((name) => byClass.get(name)?.length === 0);
  if (empty.length > 0) {
    throw new OcelliError(
      'format',
      `${root}: no picture for the classes ${empty.join(', ')}; pictures end in ${extensions.join(', ')}`,
    );
  }
  if (names.length > 65_536) throw new OcelliError('unsupported', `${root} has ${names.length} classes; 65,536 are the most`);
  const files = names.flatMap((name) => (byClass.get(name) ?? []).sort((a, b) => byName(a.folder, b.folder) || byName(a, b)));
  const numbers = new Map(names.map((name, number) => [name, number]));
  const labels = Uint16Array.from(files, ({ path }) => numbers.get(path.slice(0, path.indexOf('/'))) as number);
  return { classes: names, paths: files.map(({ path }) => path), labels };
}

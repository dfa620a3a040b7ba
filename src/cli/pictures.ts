/** From the arguments of a command to pictures: files, folders, globs, URLs and standard input. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, OcelliError } from '../base/errors.ts';
import { fetchBytes } from '../files/fetch-bytes.ts';
import type { Context } from './context.ts';
import { glob, isPattern } from './glob.ts';

/** Names that a folder's pictures have. */
const pictureName = /\.(jpe?g|png|webp|bmp|gif|tiff?)$/i;

/** The most that is read from standard input, in bytes. */
const MAX_BYTES = 256 * 2 ** 20;

/** A picture to come: what the user calls it, and its bytes or why there are none. */
export interface PictureSource {
  readonly file: string;
  read(): Promise<Uint8Array>;
}

/** Every picture the arguments name, in their order; what names none becomes a source that says so when read. */
export async function findPictures(args: readonly string[], context: Context): Promise<PictureSource[]> {
  if (args.includes('')) throw new OcelliError('usage', "a picture's name is empty: name files, folders, globs, URLs, or -");
  const lists = await Promise.all(args.map((argument) => expand(argument, context)));
  return lists.flat();
}

async function expand(argument: string, context: Context): Promise<PictureSource[]> {
  if (argument === '-') return [{ file: '-', read: () => readStdin(context) }];
  if (/^https?:\/\//i.test(argument)) {
    return [{ file: argument, read: async () => fetchPicture(argument, context) }];
  }
  const info = await stat(argument).catch(() => undefined);
  if (info?.isDirectory()) {
    const names = await filesBelow(argument);
    return names.length > 0 ? names.map(fileSource) : [missing(argument, `there are no pictures in the folder ${argument}`)];
  }
  if (!info && isPattern(argument)) {
    const names = await glob(argument);
    return names.length > 0 ? names.map(fileSource) : [missing(argument, `no file matches ${argument}`)];
  }
  return [fileSource(argument)];
}

/** The pictures in a folder and the folders below, sorted by path; hidden ones are left out. */
async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesBelow(path)));
    else if (pictureName.test(entry.name) && (entry.isFile() || entry.isSymbolicLink())) found.push(path);
  }
  return found.sort();
}

function fileSource(path: string): PictureSource {
  return {
    file: path,
    read: async () => {
      try {
        return await readFile(path);
      } catch (error) {
        const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
        throw new OcelliError('io', missing ? `there is no file ${path}` : `cannot read ${path} (${messageOf(error)})`, {
          cause: error,
        });
      }
    },
  };
}

function missing(file: string, message: string): PictureSource {
  return { file, read: () => Promise.reject(new OcelliError('io', message)) };
}

async function readStdin(context: Context): Promise<Uint8Array> {
  return await gather(context.io.stdin, 'standard input');
}

async function fetchPicture(url: string, context: Context): Promise<Uint8Array> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(60_000)]);
  return await fetchBytes(url, await context.platform(), signal);
}

async function gather(chunks: AsyncIterable<Uint8Array | string>, name: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    const part = typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk;
    size += part.byteLength;
    if (size > MAX_BYTES)
      throw new OcelliError('unsupported', `${name} gives more than ${MAX_BYTES} bytes, too much for a picture`);
    parts.push(part);
  }
  if (size === 0) throw new OcelliError('format', `${name} is empty`);
  return Buffer.concat(parts);
}

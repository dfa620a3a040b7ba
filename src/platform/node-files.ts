/** Node's file system: reads at any offset, files that appear whole or not at all. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { byName } from '../base/by-name.ts';
import { OcelliError } from '../base/errors.ts';
import { ioError, isMissing } from './node-errors.ts';
import { makeFolder } from './node-folders.ts';
import { withLock } from './node-lock.ts';
import type { ByteSink, ByteSource, FileSystem, FolderEntry } from './platform.ts';

async function attempt<T>(action: string, path: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw ioError(action, path, error);
  }
}

async function openSource(path: string): Promise<ByteSource> {
  const handle = await attempt('read', path, () => open(path, 'r'));
  try {
    const info = await handle.stat();
    if (info.isDirectory()) throw new OcelliError('io', `cannot read ${path}: it is a folder`);
    return {
      name: path,
      size: info.size,
      read: (offset, length) => attempt('read', path, () => readAt(handle, offset, length, info.size)),
      fill: (offset, target) => attempt('read', path, () => fillFrom(handle, offset, target)),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readAt(handle: FileHandle, offset: number, length: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
  return bytes.subarray(0, await fillFrom(handle, offset, bytes));
}

async function fillFrom(handle: FileHandle, offset: number, target: Uint8Array): Promise<number> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await handle.read(target, done, target.length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
  }
}

/** Makes a rename last through a power cut; systems that cannot sync a folder do without. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync().catch(() => undefined);
  } finally {
    await handle?.close();
  }
}

/** A sink over a handle; after `commit` or `discard` it takes nothing more, and a second end does nothing. */
function sinkOf(path: string, handle: FileHandle, end: { commit(): Promise<void>; discard(): Promise<void> }): ByteSink {
  let open = true;
  const finish = async (action: string, body: () => Promise<void>): Promise<void> => {
    if (!open) return;
    open = false;
    await attempt(action, path, body);
  };
  return {
    write: async (bytes) => {
      if (!open) throw new OcelliError('usage', `${path} is already closed; create it again to write more`);
      await attempt('write', path, () => writeAll(handle, bytes));
    },
    commit: () => finish('finish', () => end.commit()),
    discard: () => finish('discard', () => end.discard()),
  };
}

async function createSink(path: string): Promise<ByteSink> {
  const folder = dirname(path);
  const aside = join(folder, `.${basename(path)}.${randomUUID().slice(0, 8)}.part`);
  await attempt('make the folder', folder, () => makeFolder(folder));
  const handle = await attempt('create', path, () => open(aside, 'wx'));
  return sinkOf(path, handle, {
    commit: async () => {
      try {
        await handle.sync();
        await handle.close();
        await rename(aside, path);
      } catch (error) {
        await handle.close().catch(() => undefined);
        await rm(aside, { force: true });
        throw error;
      }
      await syncFolder(folder);
    },
    discard: async () => {
      await handle.close();
      await rm(aside, { force: true });
    },
  });
}

/** Appends at once; `discard` takes back what this sink wrote. */
async function appendSink(path: string): Promise<ByteSink> {
  const folder = dirname(path);
  await attempt('make the folder', folder, () => makeFolder(folder));
  const handle = await attempt('write', path, () => open(path, 'a'));
  const { size } = await handle.stat();
  return sinkOf(path, handle, {
    commit: async () => {
      await handle.sync();
      await handle.close();
    },
    discard: async () => {
      await handle.truncate(size);
      await handle.close();
      if (size === 0) await rm(path, { force: true });
    },
  });
}

/** Links that lead nowhere are left out, as are pipes, sockets and devices. */
async function listFolder(path: string): Promise<readonly FolderEntry[]> {
  const found: FolderEntry[] = [];
  for (const entry of await attempt('list', path, () => readdir(path, { withFileTypes: true }))) {
    const kind = entry.isSymbolicLink() ? await stat(join(path, entry.name)).catch(() => undefined) : entry;
    if (kind?.isDirectory()) found.push({ name: entry.name, kind: 'folder' });
    else if (kind?.isFile()) found.push({ name: entry.name, kind: 'file' });
  }
  return found.sort(byName);
}

/** The files of this machine. */
export const nodeFiles: FileSystem = {
  open: openSource,
  create: createSink,
  append: appendSink,
  stat: async (path) => {
    try {
      const info = await stat(path);
      return { size: info.size, kind: info.isDirectory() ? 'folder' : 'file' };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw ioError('look at', path, error);
    }
  },
  list: listFolder,
  remove: (path) => attempt('remove', path, () => rm(path, { force: true })),
  rename: async (from, to) => {
    await attempt('make the folder', dirname(to), () => makeFolder(dirname(to)));
    await attempt(`rename ${from} to`, to, () => rename(from, to));
    await syncFolder(dirname(to));
  },
  withLock,
};

/** A browser's files: the origin's private file system, and locks that all its pages share. */

import { byName } from '../base/by-name.ts';
import { messageOf, OcelliError, throwIfAborted } from '../base/errors.ts';
import { localLocks } from './memory-files.ts';
import type { ByteSink, ByteSource, FileSystem, FolderEntry } from './platform.ts';

function errorName(error: unknown): string {
  return error instanceof DOMException ? error.name : '';
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['NotFoundError', 'there is no such file or folder'],
  ['TypeMismatchError', 'it is a folder, or part of the path is a file'],
  ['QuotaExceededError', 'the browser gives this page no more storage; remove files or ask for persistent storage'],
  ['NoModificationAllowedError', 'another page is writing it'],
]);

async function attempt<T>(action: string, path: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof OcelliError) throw error;
    throw new OcelliError('io', `cannot ${action} ${path}: ${reasons.get(errorName(error)) ?? messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Folder names and the last name of a path. */
function split(path: string): { folders: string[]; name: string } {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  const name = names.pop();
  if (name === undefined) throw new OcelliError('usage', `"${path}" names no file`);
  return { folders: names, name };
}

async function folderOf(
  root: FileSystemDirectoryHandle,
  folders: readonly string[],
  create: boolean,
): Promise<FileSystemDirectoryHandle> {
  let folder = root;
  for (const name of folders) folder = await folder.getDirectoryHandle(name, { create });
  return folder;
}

/** The private file system under `root`. What is appended becomes part of the file at `commit`, or not at all. */
export function opfsFiles(root: FileSystemDirectoryHandle): FileSystem {
  const handleOf = async (path: string, create: boolean): Promise<FileSystemFileHandle> => {
    const { folders, name } = split(path);
    return (await folderOf(root, folders, create)).getFileHandle(name, { create });
  };
  const remove = async (path: string): Promise<void> => {
    const { folders, name } = split(path);
    try {
      await (await folderOf(root, folders, false)).removeEntry(name);
    } catch (error) {
      if (errorName(error) !== 'NotFoundError') throw error;
    }
  };
  const stat: FileSystem['stat'] = async (path) => {
    try {
      return { size: (await (await handleOf(path, false)).getFile()).size, kind: 'file' };
    } catch (error) {
      if (errorName(error) === 'NotFoundError') return undefined;
      if (errorName(error) === 'TypeMismatchError') return { size: 0, kind: 'folder' };
      throw error;
    }
  };
  const create = async (path: string): Promise<ByteSink> => {
    const { folders, name } = split(path);
    const folder = await folderOf(root, folders, true);
    const asideName = `.${name}.${crypto.randomUUID().slice(0, 8)}.part`;
    const aside = await folder.getFileHandle(asideName, { create: true });
    const stream = await aside.createWritable();
    return sinkOf(path, stream, {
      commit: async () => {
        await stream.close();
        await moveTo(aside, folder, name, () => folder.removeEntry(asideName));
      },
      discard: async () => {
        await stream.abort();
        await folder.removeEntry(asideName);
      },
    });
  };
  const append = async (path: string): Promise<ByteSink> => {
    const existed = (await stat(path)) !== undefined;
    const handle = await handleOf(path, true);
    const stream = await handle.createWritable({ keepExistingData: true });
    await stream.seek((await handle.getFile()).size);
    return sinkOf(path, stream, {
      commit: () => stream.close(),
      discard: async () => {
        await stream.abort();
        if (!existed) await remove(path);
      },
    });
  };
  return {
    open: (path) => attempt('read', path, async () => fileSource(path, await (await handleOf(path, false)).getFile())),
    create: (path) => attempt('create', path, () => create(path)),
    append: (path) => attempt('write', path, () => append(path)),
    list: (path) =>
      attempt('list', path, async () => {
        const names = path.split('/').filter((name) => name !== '' && name !== '.');
        const found: FolderEntry[] = [];
        for await (const [name, handle] of (await folderOf(root, names, false)).entries()) {
          found.push({ name, kind: handle.kind === 'directory' ? 'folder' : 'file' });
        }
        return found.sort(byName);
      }),
    stat: (path) => attempt('look at', path, () => stat(path)),
    remove: (path) => attempt('remove', path, () => remove(path)),
    rename: (from, to) =>
      attempt(`rename ${from} to`, to, async () => {
        const { folders, name } = split(to);
        const handle = await handleOf(from, false);
        if (from !== to) await moveTo(handle, await folderOf(root, folders, true), name, () => remove(from));
      }),
    withLock: sharedLocks(),
  };
}

function fileSource(path: string, file: File): ByteSource {
  return {
    name: path,
    size: file.size,
    read: (offset, length) =>
      attempt('read', path, async () => new Uint8Array(await file.slice(offset, offset + length).arrayBuffer())),
    close: () => Promise.resolve(),
  };
}

/** Not in every browser, and not yet in the types. */
interface Movable {
  move(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
}

function isMovable(handle: object): handle is Movable {
  return 'move' in handle && typeof handle.move === 'function';
}

/** Moves a file over another, or copies it and calls `removeSource` where the browser cannot move. */
async function moveTo(
  handle: FileSystemFileHandle,
  folder: FileSystemDirectoryHandle,
  name: string,
  removeSource: () => Promise<void>,
): Promise<void> {
  if (isMovable(handle)) return handle.move(folder, name);
  const target = await folder.getFileHandle(name, { create: true });
  await (await handle.getFile()).stream().pipeTo(await target.createWritable());
  await removeSource();
}

/** A sink over a stream; after `commit` or `discard` it takes nothing more, and a second end does nothing. */
function sinkOf(
  path: string,
  stream: FileSystemWritableFileStream,
  end: { commit(): Promise<void>; discard(): Promise<void> },
): ByteSink {
  let open = true;
  const finish = async (action: string, body: () => Promise<void>): Promise<void> => {
    if (!open) return;
    open = false;
    await attempt(action, path, body);
  };
  return {
    write: async (bytes) => {
      if (!open) throw new OcelliError('usage', `${path} is already closed; create it again to write more`);
      await attempt('write', path, () => stream.write(bytes as Uint8Array<ArrayBuffer>));
    },
    commit: () => finish('finish', () => end.commit()),
    discard: () => finish('discard', () => end.discard()),
  };
}

/** Web Locks, or locks of this page alone where the browser has none. */
function sharedLocks(): FileSystem['withLock'] {
  if (!('locks' in navigator)) return localLocks();
  return async <T>(path: string, body: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    throwIfAborted(signal, `waiting for the lock of ${path}`);
    let started = false;
    try {
      return await navigator.locks.request(`ocelli:${path}`, signal ? { signal } : {}, () => {
        started = true;
        return body();
      });
    } catch (error) {
      if (!started) throwIfAborted(signal, `waiting for the lock of ${path}`);
      throw error;
    }
  };
}

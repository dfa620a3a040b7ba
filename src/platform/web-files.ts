/** A browser's files: the origin's private file system, and locks that all its pages share. */
import { messageOf, OcelliError, throwIfAborted } from '../base/errors.ts';
import { localLocks } from './memory-files.ts';
import type { ByteSink, ByteSource, FileSystem } from './platform.ts';

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

/** The private file system under `root`; a file being written keeps its old content until `commit`. */
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
  const write = async (path: string, keep: boolean): Promise<ByteSink> => {
    const existed = (await stat(path)) !== undefined;
    const handle = await handleOf(path, true);
    const stream = await handle.createWritable({ keepExistingData: keep });
    if (keep) await stream.seek((await handle.getFile()).size);
    return sinkOf(path, stream, () => (existed ? Promise.resolve() : remove(path)));
  };
  return {
    open: (path) => attempt('read', path, async () => fileSource(path, await (await handleOf(path, false)).getFile())),
    create: (path) => attempt('create', path, () => write(path, false)),
    append: (path) => attempt('write', path, () => write(path, true)),
    stat: (path) => attempt('look at', path, () => stat(path)),
    remove: (path) => attempt('remove', path, () => remove(path)),
    rename: (from, to) =>
      attempt(`rename ${from} to`, to, async () => {
        const file = await (await handleOf(from, false)).getFile();
        await file.stream().pipeTo(await (await handleOf(to, true)).createWritable());
        if (from !== to) await remove(from);
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

/** The file must exist to be written, so `discard` removes one that was not there before. */
function sinkOf(path: string, stream: FileSystemWritableFileStream, undo: () => Promise<void>): ByteSink {
  let open = true;
  return {
    write: async (bytes) => {
      if (!open) throw new OcelliError('usage', `${path} is already closed; create it again to write more`);
      await attempt('write', path, () => stream.write(bytes as Uint8Array<ArrayBuffer>));
    },
    commit: async () => {
      if (!open) return;
      open = false;
      await attempt('finish', path, () => stream.close());
    },
    discard: async () => {
      if (!open) return;
      open = false;
      await attempt('discard', path, async () => {
        await stream.abort();
        await undo();
      });
    },
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

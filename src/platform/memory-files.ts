/** Files in memory: for pages without private files, and for tests. */

import { byName } from '../base/by-name.ts';
import { OcelliError, throwIfAborted } from '../base/errors.ts';
import { bufferSource } from './buffer.ts';
import type { ByteSink, FileSystem, FolderEntry } from './platform.ts';

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** An empty file system that lives as long as it is held; folders exist when a file is in them. */
export function memoryFiles(): FileSystem {
  const files = new Map<string, Uint8Array>();
  const sink = (path: string, before: readonly Uint8Array[]): ByteSink => {
    let chunks: Uint8Array[] | undefined = [...before];
    return {
      write: async (bytes) => {
        if (chunks === undefined) throw new OcelliError('usage', `${path} is already closed; create it again to write more`);
        chunks.push(bytes.slice());
      },
      commit: async () => {
        if (chunks !== undefined) files.set(path, join(chunks));
        chunks = undefined;
      },
      discard: async () => {
        chunks = undefined;
      },
    };
  };
  const need = (path: string): Uint8Array => {
    const bytes = files.get(path);
    if (bytes === undefined) throw new OcelliError('io', `cannot read ${path}: there is no such file or folder`);
    return bytes;
  };
  return {
    open: async (path) => bufferSource(path, need(path)),
    create: async (path) => sink(path, []),
    append: async (path) => sink(path, [files.get(path) ?? new Uint8Array(0)]),
    stat: async (path) => {
      const bytes = files.get(path);
      if (bytes !== undefined) return { size: bytes.length, kind: 'file' };
      const inside = [...files.keys()].some((name) => name.startsWith(`${path}/`));
      return inside ? { size: 0, kind: 'folder' } : undefined;
    },
    list: async (path) => {
      const prefix = path === '' || path.endsWith('/') ? path : `${path}/`;
      const kinds = new Map<string, FolderEntry['kind']>();
      for (const name of files.keys()) {
        if (!name.startsWith(prefix)) continue;
        const [first = '', ...rest] = name.slice(prefix.length).split('/');
        kinds.set(first, rest.length > 0 ? 'folder' : 'file');
      }
      if (kinds.size === 0) throw new OcelliError('io', `cannot list ${path}: there is no such file or folder`);
      return Array.from(kinds, ([name, kind]) => ({ name, kind })).sort(byName);
    },
    remove: async (path) => {
      files.delete(path);
    },
    rename: async (from, to) => {
      files.set(to, need(from));
      if (from !== to) files.delete(from);
    },
    withLock: localLocks(),
  };
}

/** Locks between the calls of one page or process. Not reentrant. */
export function localLocks(): FileSystem['withLock'] {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(path: string, body: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    const what = `waiting for the lock of ${path}`;
    throwIfAborted(signal, what);
    const before = last.get(path) ?? Promise.resolve();
    let started = false;
    const mine = before.then(() => {
      throwIfAborted(signal, what);
      started = true;
      return body();
    });
    const settled = mine.catch(() => undefined);
    last.set(path, settled);
    void settled.then(() => {
      if (last.get(path) === settled) last.delete(path);
    });
    return signal ? Promise.race([mine, whenAborted(signal, what, () => !started)]) : mine;
  };
}

/** Rejects when the signal fires while `waiting` says so. */
function whenAborted(signal: AbortSignal, what: string, waiting: () => boolean): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => {
      if (waiting()) reject(new OcelliError('aborted', `${what} was stopped`, { cause: signal.reason }));
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** The platform of a browser's page or worker. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { fetchUrl } from './fetch.ts';
import { memoryFiles } from './memory-files.ts';
import type { FileSystem, Platform } from './platform.ts';
import { opfsFiles } from './web-files.ts';
import { decodeImage } from './web-images.ts';

/** The origin's private files, or files in memory where the browser does not let the page have or write any. */
async function chooseFiles(): Promise<FileSystem> {
  const writable = typeof FileSystemFileHandle !== 'undefined' && 'createWritable' in FileSystemFileHandle.prototype;
  const root = writable ? await navigator.storage?.getDirectory().catch(() => undefined) : undefined;
  return root === undefined ? memoryFiles() : opfsFiles(root);
}

/** Files chosen at their first use. */
function lazyFiles(): FileSystem {
  let chosen: Promise<FileSystem> | undefined;
  const files = (): Promise<FileSystem> => {
    chosen ??= chooseFiles();
    return chosen;
  };
  return {
    open: async (path) => (await files()).open(path),
    create: async (path) => (await files()).create(path),
    append: async (path) => (await files()).append(path),
    stat: async (path) => (await files()).stat(path),
    list: async (path) => (await files()).list(path),
    remove: async (path) => (await files()).remove(path),
    rename: async (from, to) => (await files()).rename(from, to),
    withLock: async (path, body, signal) => (await files()).withLock(path, body, signal),
  };
}

/** Private files, network, hashing and picture decoding of this browser. */
export function webPlatform(): Platform {
  return {
    name: 'web',
    files: lazyFiles(),
    cacheFolder: 'ocelli',
    setting: () => undefined,
    fetch: fetchUrl,
    sha256: () => {
      const hash = sha256.create();
      return {
        update: (bytes) => {
          hash.update(bytes);
        },
        digest: () => bytesToHex(hash.digest()),
      };
    },
    decodeImage,
    now: () => performance.now(),
  };
}

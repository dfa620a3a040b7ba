/** The platform of Node. */
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fetchUrl } from './fetch.ts';
import { nodeFiles } from './node-files.ts';
import { decodeImage } from './node-images.ts';
import { nodeThreads } from './node-threads.ts';
import type { Platform } from './platform.ts';

/** An environment variable; empty counts as not set. */
function setting(name: string): string | undefined {
  return process.env[name] || undefined;
}

/**
 * Where downloads are kept: `OCELLI_CACHE`; else `%LOCALAPPDATA%\ocelli` on Windows, `~/Library/Caches/ocelli` on macOS,
 * and elsewhere `ocelli` in `XDG_CACHE_HOME` or `~/.cache`.
 */
function cacheFolder(): string {
  const chosen = setting('OCELLI_CACHE');
  if (chosen !== undefined) return chosen;
  if (process.platform === 'win32') return join(setting('LOCALAPPDATA') ?? join(homedir(), 'AppData', 'Local'), 'ocelli');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'ocelli');
  return join(setting('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'ocelli');
}

/** Files, settings, network, hashing and picture decoding of this machine; the cache folder is read from the settings now. */
export function nodePlatform(): Platform {
  return {
    name: 'node',
    files: nodeFiles,
    cacheFolder: cacheFolder(),
    setting,
    threads: nodeThreads(),
    fetch: fetchUrl,
    sha256: () => {
      const hash = createHash('sha256');
      return {
        update: (bytes) => {
          hash.update(bytes);
        },
        digest: () => hash.digest('hex'),
      };
    },
    decodeImage,
    now: () => performance.now(),
  };
}

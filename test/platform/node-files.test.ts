/** Files and locks of Node: atomic creation, resuming, and locks between processes. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryFiles } from '../../src/platform/memory-files.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import type { FileSystem } from '../../src/platform/platform.ts';
import { filesCases } from './files.contract.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ocelli-files-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function content(files: FileSystem, path: string): Promise<string> {
  const source = await files.open(path);
  try {
    return decode(await source.read(0, source.size));
  } finally {
    await source.close();
  }
}

const systems: readonly { readonly name: string; readonly make: () => { files: FileSystem; root: string } }[] = [
  { name: 'node', make: () => ({ files: nodePlatform().files, root: folder }) },
  { name: 'memory', make: () => ({ files: memoryFiles(), root: 'root' }) },
];

describe.each(systems)('file system: $name', ({ make }) => {
  for (const [index, { name, run }] of filesCases.entries()) {
    it(name, async () => {
      const { files, root } = make();
      await run(files, (path) => `${root}/case-${index}/${path}`);
    });
  }
});

describe('node only', () => {
  const { files } = nodePlatform();

  it('leaves nothing beside the file', async () => {
    const path = join(folder, 'clean', 'file');
    const kept = await files.create(path);
    await kept.write(encode('a'));
    await kept.commit();
    const dropped = await files.create(path);
    await dropped.discard();
    await files.withLock(path, () => Promise.resolve());
    expect(readdirSync(join(folder, 'clean'))).toEqual(['file']);
  });

  it('says why: folders, missing folders, paths through files', async () => {
    await expect(files.open(folder)).rejects.toMatchObject({ code: 'io', message: expect.stringContaining('it is a folder') });
    await expect(files.open(join(folder, 'no', 'such'))).rejects.toMatchObject({ code: 'io' });
    const file = join(folder, 'plain');
    writeFileSync(file, 'x');
    await expect(files.create(join(file, 'below'))).rejects.toMatchObject({ code: 'io' });
    expect(await files.stat(join(file, 'below'))).toBeUndefined();
  });

  it.runIf(process.platform === 'linux')('refuses to make a folder where the system makes none', async () => {
    await expect(files.create('/proc/ocelli/file')).rejects.toThrow('cannot make the folder /proc/ocelli: there is no such file');
  });

  it('reads through links', async () => {
    writeFileSync(join(folder, 'target'), 'linked');
    symlinkSync(join(folder, 'target'), join(folder, 'link'));
    expect(await content(files, join(folder, 'link'))).toBe('linked');
  });

  it('takes over the lock of a dead process', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.once('exit', resolve));
    const path = join(folder, 'stale');
    const holder = { pid: child.pid, started: '', host: hostname(), token: 'gone' };
    writeFileSync(`${path}.lock`, JSON.stringify(holder));
    await expect(files.withLock(path, () => Promise.resolve('mine'))).resolves.toBe('mine');
  });

  it.skipIf(process.platform !== 'linux')('takes over the lock of a process whose number was given to another', async () => {
    const path = join(folder, 'reused');
    writeFileSync(`${path}.lock`, JSON.stringify({ pid: process.pid, started: '1', host: hostname(), token: 'gone' }));
    await expect(files.withLock(path, () => Promise.resolve('mine'))).resolves.toBe('mine');
  });

  it('does not take over the lock of another machine', async () => {
    const path = join(folder, 'elsewhere');
    writeFileSync(`${path}.lock`, JSON.stringify({ pid: 1, started: '', host: 'another', token: 'held' }));
    const signal = AbortSignal.timeout(120);
    await expect(files.withLock(path, () => Promise.resolve(), signal)).rejects.toMatchObject({ code: 'aborted' });
  });

  it('many waiters on one dead lock: each runs alone', async () => {
    const path = join(folder, 'crowd');
    writeFileSync(`${path}.lock`, JSON.stringify({ pid: 2 ** 30, started: '', host: hostname(), token: 'gone' }));
    const counter = join(folder, 'counter');
    writeFileSync(counter, '0');
    const add = async (): Promise<void> => {
      const value = Number(readFileSync(counter, 'utf8'));
      await pause(2);
      writeFileSync(counter, String(value + 1));
    };
    await Promise.all(Array.from({ length: 12 }, () => files.withLock(path, add)));
    expect(readFileSync(counter, 'utf8')).toBe('12');
  });

  it('the cache folder follows the settings', () => {
    const before = { ...process.env };
    try {
      process.env.OCELLI_CACHE = '/somewhere/else';
      expect(nodePlatform().cacheFolder).toBe('/somewhere/else');
      expect(nodePlatform().setting('OCELLI_CACHE')).toBe('/somewhere/else');
      process.env.OCELLI_CACHE = '';
      expect(nodePlatform().setting('OCELLI_CACHE')).toBeUndefined();
      if (process.platform === 'linux') {
        process.env.XDG_CACHE_HOME = '/xdg';
        expect(nodePlatform().cacheFolder).toBe('/xdg/ocelli');
        delete process.env.XDG_CACHE_HOME;
        expect(nodePlatform().cacheFolder).toMatch(/\.cache\/ocelli$/);
      }
    } finally {
      process.env = before;
    }
  });

  it('hashes', () => {
    const hash = nodePlatform().sha256();
    hash.update(encode('a'));
    hash.update(encode('bc'));
    expect(hash.digest()).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('a server that is not there is a network error that names it', async () => {
    const { fetch } = nodePlatform();
    await expect(fetch('http://127.0.0.1:9/weights')).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('http://127.0.0.1:9/weights'),
    });
    await expect(fetch('http://127.0.0.1:9/', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  });
});

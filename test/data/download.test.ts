/** Where data sets are fetched from, and that nothing but the published files is taken. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cifar10, fashionMnist, mnist } from '../../src/data/index.ts';
import { sources } from '../../src/data/sources.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { type FileServer, sendFile, serve } from '../cli/server.ts';
import { gzip, idx } from './files.ts';

let folder: string;
let server: FileServer;
let platform: Platform;
/** What the server gives for every address. */
const served: Uint8Array = gzip(idx([1, 1, 1], Uint8Array.of(5)));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocelli-data-'));
  server = await serve((request, response) => sendFile(request, response, served));
  const setting = (key: string): string | undefined => (key === 'OCELLI_DATA_URL' ? `${server.url}mirror/` : undefined);
  platform = { ...nodePlatform(), cacheFolder: folder, setting };
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

test('a mirror is asked for the set’s files; what is not the published file is refused and not kept', async () => {
  await expect(mnist({ platform })).rejects.toMatchObject({ code: 'integrity' });
  await expect(fashionMnist({ platform, split: 'test' })).rejects.toMatchObject({ code: 'integrity' });
  await expect(cifar10({ platform })).rejects.toMatchObject({ code: 'integrity' });
  expect(server.seen.map(({ path }) => path)).toEqual([
    '/mirror/mnist/train-images-idx3-ubyte.gz',
    '/mirror/fashion-mnist/t10k-images-idx3-ubyte.gz',
    '/mirror/cifar10/cifar-10-binary.tar.gz',
  ]);
  const left = await readdir(folder, { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([]);
});

test('without a mirror the publishers are asked; without a network the advice is to give a folder', async () => {
  const asked: string[] = [];
  const offline: Platform = {
    ...platform,
    setting: () => undefined,
    fetch: (url) => {
      asked.push(url);
      return Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }));
    },
  };
  const message = /cannot reach ossci-datasets\.s3\.amazonaws\.com.* or set OCELLI_DATA_URL to a mirror, or give the folder/;
  await expect(mnist({ platform: offline })).rejects.toThrow(message);
  expect(asked[0]).toBe('https://ossci-datasets.s3.amazonaws.com/mnist/train-images-idx3-ubyte.gz');
  const wrong: Platform = { ...platform, setting: () => 'mirror' };
  await expect(mnist({ platform: wrong })).rejects.toThrow(/OCELLI_DATA_URL is "mirror": set it to an address/);
});

test('a file in the cache that is not the published one is fetched again', async () => {
  await mkdir(join(folder, 'data/mnist'), { recursive: true });
  await writeFile(join(folder, 'data/mnist/train-images-idx3-ubyte.gz'), served);
  await expect(mnist({ platform })).rejects.toMatchObject({ code: 'integrity' });
  expect(server.seen.length).toBe(1);
});

test('hashes are SHA-256 and all different', () => {
  const all = Object.values(sources).flatMap(({ files }) => Object.values(files));
  expect(all.length).toBe(10);
  for (const hash of all) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(all).size).toBe(all.length);
  expect(all).not.toContain(createHash('sha256').update(served).digest('hex'));
});

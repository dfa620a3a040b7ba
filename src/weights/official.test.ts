/** Official weights: where they come from, what their names say, where they are kept. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FileServer, sendFile, serve } from '../../test/cli/server.ts';
import { nodePlatform } from '../platform/node.ts';
import type { Platform } from '../platform/platform.ts';
import { cachePathOf, fetchWeights, fileNameOf, findCachedWeights, hashInName, sourceOf } from './official.ts';

const bytes: Uint8Array = Uint8Array.from({ length: 30_000 }, (_, i) => (i * 7919) >> 3);
const name = `weights-${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}.pth`;

let folder: string;
let server: FileServer | undefined;
let platform: Platform;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocelli-official-'));
  platform = { ...nodePlatform(), cacheFolder: folder };
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

describe('official weights', () => {
  test('a mirror serves them, the cache keeps them under their name', async () => {
    server = await serve((request, response) => sendFile(request, response, bytes));
    const { url } = server;
    const mirrored: Platform = {
      ...platform,
      setting: (key) => (key === 'OCELLI_WEIGHTS_URL' ? url.slice(0, -1) : undefined),
    };
    const official = `https://download.pytorch.org/models/${name}`;
    expect(await findCachedWeights(official, mirrored)).toBeUndefined();
    const file = await fetchWeights(official, { platform: mirrored });
    expect(file.path).toBe(`${folder}/weights/${name}`);
    expect(await findCachedWeights(official, mirrored)).toEqual({ path: file.path, size: bytes.length });
    expect(server.seen[0]?.path).toBe(`/${name}`);
  });

  test('names, hashes, addresses', () => {
    expect(hashInName('resnet18-f37072fd.pth')).toBe('f37072fd');
    expect(hashInName('mnasnet0.5_top1_67.823-3ffadce67e.pth')).toBe('3ffadce67e');
    expect(hashInName('model-final.pth')).toBeUndefined();
    expect(fileNameOf('https://host/a/b%20c.pth?x=1')).toBe('b c.pth');
    expect(() => fileNameOf('https://host/')).toThrow(/no address of a file/);
    expect(() => fileNameOf('https://host/..%2fx.pth')).toThrow(/no address of a file/);
    expect(cachePathOf('https://host/x.pth', platform)).toMatch(/weights\/other\/[0-9a-f]{16}\/x\.pth$/);
    const broken: Platform = { ...platform, setting: () => 'mirror' };
    expect(() => sourceOf('https://download.pytorch.org/models/x.pth', broken)).toThrow(/begins with http/);
    expect(sourceOf('https://host/x.pth', broken)).toBe('https://host/x.pth');
  });
});

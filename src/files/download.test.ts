/** Downloads against servers that break off, stall, ignore ranges, send the wrong bytes, or are not there. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FileServer, type Handler, sendFile, serve } from '../../test/cli/server.ts';
import { nodePlatform } from '../platform/node.ts';
import type { Platform } from '../platform/platform.ts';
import { type DownloadOptions, type DownloadProgress, download } from './download.ts';

const bytes: Uint8Array = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) >> 3);
const sha256: string = createHash('sha256').update(bytes).digest('hex');
const name = `weights-${sha256.slice(0, 8)}.pth`;

let folder: string;
let server: FileServer | undefined;
let platform: Platform;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocelli-download-'));
  platform = { ...nodePlatform(), cacheFolder: folder };
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

async function start(handler: Handler): Promise<string> {
  server = await serve(handler);
  return server.url + name;
}

function options(more: Partial<DownloadOptions> = {}): DownloadOptions {
  const advice = 'set OCELLI_WEIGHTS_URL to a mirror';
  return { platform, path: join(folder, name), sha256: sha256.slice(0, 8), advice, ...more };
}

async function expectWhole(path: string): Promise<void> {
  expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
  expect((await readdir(folder)).filter((file) => /part|lock/.test(file))).toEqual([]);
}

describe('download', () => {
  test('fetches once, reports progress, then finds the file', async () => {
    const url = await start((request, response) => sendFile(request, response, bytes));
    const progress: DownloadProgress[] = [];
    const first = await download(url, options({ onProgress: (event) => progress.push(event) }));
    expect(first).toEqual({ path: join(folder, name), size: bytes.length, sha256, cached: false });
    await expectWhole(first.path);
    expect(progress[0]).toMatchObject({ received: 0, total: bytes.length });
    expect(progress.at(-1)).toMatchObject({ received: bytes.length, total: bytes.length, secondsLeft: 0 });
    expect((await download(url, options())).cached).toBe(true);
    expect(server?.seen.length).toBe(1);
  });

  test('goes on where a broken transfer stopped', async () => {
    const url = await start((request, response, count) =>
      sendFile(request, response, bytes, { etag: '"a"', ...(count < 2 ? { limit: 100_000 } : {}) }),
    );
    await expectWhole((await download(url, options())).path);
    expect(server?.seen.map(({ range, ifRange }) => [range, ifRange])).toEqual([
      [undefined, undefined],
      ['bytes=100000-', '"a"'],
      ['bytes=200000-', '"a"'],
    ]);
  });

  test('starts again when the server ignores ranges or has another version of the file', async () => {
    const url = await start((request, response, count) =>
      sendFile(request, response, bytes, count === 0 ? { limit: 100_000, etag: '"old"' } : { ranges: false, etag: '"new"' }),
    );
    await expectWhole((await download(url, options())).path);
    expect(server?.seen.length).toBe(2);
  });

  test('keeps what came when it is stopped, and resumes in the next call', async () => {
    const controller = new AbortController();
    const url = await start((request, response, count) => {
      if (count > 0) return sendFile(request, response, bytes);
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 50_000));
    });
    const stopped = download(
      url,
      options({
        signal: controller.signal,
        onProgress: ({ received }) => {
          if (received >= 50_000) controller.abort();
        },
      }),
    );
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
    await expectWhole((await download(url, options())).path);
    expect(server?.seen[1]?.range).toBe('bytes=50000-');
  });

  test('a partial file that does not belong is thrown away', async () => {
    const url = await start((request, response) => sendFile(request, response, bytes));
    await writeFile(join(folder, `${name}.part`), new Uint8Array(1000));
    await writeFile(join(folder, `${name}.part.json`), JSON.stringify({ url }));
    await expectWhole((await download(url, options())).path);
    expect(server?.seen.map(({ range }) => range)).toEqual(['bytes=1000-', undefined]);
  });

  test('a transfer that stalls is dropped and resumed', async () => {
    const url = await start((request, response, count) => {
      if (count > 0) return sendFile(request, response, bytes);
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 40_000));
    });
    await expectWhole((await download(url, options({ idleTimeout: 150 }))).path);
    expect(server?.seen[1]?.range).toBe('bytes=40000-');
  });

  test('refuses bytes with another hash and keeps none of them', async () => {
    const url = await start((request, response) => sendFile(request, response, bytes.slice(1)));
    await expect(download(url, options())).rejects.toMatchObject({ code: 'integrity' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('a damaged or cut cached file is fetched again', async () => {
    const url = await start((request, response) => sendFile(request, response, bytes));
    const { path } = await download(url, options());
    const damaged = bytes.slice();
    damaged[1234] = 1 - (damaged[1234] ?? 0);
    await writeFile(path, damaged);
    expect((await download(url, options())).cached).toBe(false);
    await truncate(path, 10);
    expect((await download(url, options())).cached).toBe(false);
    await expectWhole(path);
  });

  test('many callers at once cause one transfer', async () => {
    const url = await start((request, response) => setTimeout(() => sendFile(request, response, bytes), 50));
    const all = await Promise.all(Array.from({ length: 5 }, () => download(url, options())));
    expect(all.filter(({ cached }) => !cached).length).toBe(1);
    expect(server?.seen.length).toBe(1);
  });

  test('says what is wrong when the server has no such file, keeps failing, or is not there', async () => {
    const url = await start((_, response) => response.writeHead(404, 'Not Found').end());
    await expect(download(url, options())).rejects.toThrow(/answers 404 Not Found: check the address/);
    expect(server?.seen.length).toBe(1);
    await server?.close();
    const error = await download(url, options()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'network' });
    expect(String(error)).toMatch(
      /cannot reach 127\.0\.0\.1:\d+ \(ECONNREFUSED\): connect to the network, or set OCELLI_WEIGHTS_URL/,
    );
  });

  test('a server error that passes is overcome', async () => {
    const url = await start((request, response, count) =>
      count === 0 ? response.writeHead(503).end() : sendFile(request, response, bytes),
    );
    await expectWhole((await download(url, options())).path);
  });

  /** A platform whose disk is full. */
  function full(): Platform {
    const error = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const append = async (path: string) => ({ ...(await platform.files.append(path)), write: () => Promise.reject(error) });
    return { ...platform, files: { ...platform.files, append } };
  }

  test('a full disk is named', async () => {
    const url = await start((request, response) => sendFile(request, response, bytes));
    await expect(download(url, options({ platform: full() }))).rejects.toThrow(/the disk is full while writing/);
  });

  test('a transfer that is given up lets go of the connection', async () => {
    let close: (value: boolean) => void = () => {};
    const closed = new Promise<boolean>((resolve) => {
      close = resolve;
    });
    const url = await start((_, response) => {
      response.on('close', () => close(true));
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 1000));
    });
    await expect(download(url, options({ platform: full() }))).rejects.toMatchObject({ code: 'io' });
    expect(await closed).toBe(true);
  });
});

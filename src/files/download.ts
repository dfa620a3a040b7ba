/** Verified downloads into a cache that concurrent processes share: resumed when interrupted, whole or not there at all. */
import { OcelliError, throwIfAborted } from '../base/errors.ts';
import type { Platform } from '../platform/platform.ts';
import { causeOf, IdleTimer, type PartMeta, pause, Rate, readMeta, writeMeta } from './download-parts.ts';

/** How far a download is. */
export interface DownloadProgress {
  readonly url: string;
  /** Bytes on disk, those of an earlier, interrupted download included. */
  readonly received: number;
  /** Undefined when the server does not say. */
  readonly total: number | undefined;
  /** Over the last five seconds. */
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | undefined;
}

export interface DownloadOptions {
  readonly platform: Platform;
  /** Where the file will be. */
  readonly path: string;
  /** The first hex digits of the SHA-256 the file must have; without it only the length is checked. */
  readonly sha256?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
  /** How else to come by the file, for messages: "set OCELLI_WEIGHTS_URL to a mirror, or load the weights from a file". */
  readonly advice?: string;
  /** A transfer that gives nothing for so long is dropped and resumed, in milliseconds; default 30,000. */
  readonly idleTimeout?: number;
}

export interface DownloadedFile {
  readonly path: string;
  readonly size: number;
  /** 64 hex digits. */
  readonly sha256: string;
  /** True when it was there already. */
  readonly cached: boolean;
}

/** Attempts that bring nothing new before the download is given up. */
const FRUITLESS_ATTEMPTS = 3;
/** Attempts in all, however much each brings. */
const TOTAL_ATTEMPTS = 100;
const CHUNK = 1 << 20;

/** A failure of the network that another attempt may overcome. */
class TransientError extends OcelliError {}

/**
 * Gives the file at `path`, downloading it when it is not there or does not have its hash.
 *
 * Processes that want the same file wait for one of them to fetch it. Bytes that came before an interruption are kept in
 * `path.part` and asked for no more: `Range` with `If-Range`, and the hash at the end, make sure that they fit the rest.
 *
 * @throws network when the server cannot be reached, has no such file, or keeps failing
 * @throws integrity when what came does not have the hash
 * @throws io when the folder cannot be written or the disk is full
 * @throws aborted when the signal fires; what came so far is kept for the next time
 */
export async function download(url: string, options: DownloadOptions): Promise<DownloadedFile> {
  const there = await cachedFile(options);
  if (there) return there;
  const { files } = options.platform;
  try {
    return await files.withLock(
      options.path,
      async () => (await cachedFile(options)) ?? (await fetchAndCheck(url, options)),
      options.signal,
    );
  } catch (error) {
    throw withDiskAdvice(error, options.path);
  }
}

/** The file if it is there and has its hash. */
async function cachedFile({ platform, path, sha256, signal }: DownloadOptions): Promise<DownloadedFile | undefined> {
  const stat = await platform.files.stat(path);
  if (stat?.kind !== 'file') return undefined;
  const hash = await hashFile(platform, path, signal);
  return sha256 === undefined || hash.startsWith(sha256) ? { path, size: stat.size, sha256: hash, cached: true } : undefined;
}

/** SHA-256 of a file, 64 hex digits. */
export async function hashFile(platform: Platform, path: string, signal?: AbortSignal): Promise<string> {
  const source = await platform.files.open(path);
  try {
    const hash = platform.sha256();
    for (let offset = 0; offset < source.size; offset += CHUNK) {
      throwIfAborted(signal, 'hashing');
      hash.update(await source.read(offset, CHUNK));
    }
    return hash.digest();
  } finally {
    await source.close();
  }
}

async function fetchAndCheck(url: string, options: DownloadOptions): Promise<DownloadedFile> {
  const { platform, path, sha256, signal } = options;
  const part = `${path}.part`;
  const resumed = ((await platform.files.stat(part))?.size ?? 0) > 0;
  await fetchPart(url, part, options);
  const hash = await hashFile(platform, part, signal);
  if (sha256 !== undefined && !hash.startsWith(sha256)) {
    await dropPart(platform, part);
    if (resumed) return await fetchAndCheck(url, options);
    throw new OcelliError(
      'integrity',
      `${url} has SHA-256 ${hash.slice(0, sha256.length)}..., ${sha256} is expected: the server's copy is damaged or another file; try again or use another mirror`,
    );
  }
  const size = (await platform.files.stat(part))?.size ?? 0;
  await platform.files.rename(part, path);
  await platform.files.remove(`${part}.json`);
  return { path, size, sha256: hash, cached: false };
}

async function dropPart(platform: Platform, part: string): Promise<void> {
  await platform.files.remove(part);
  await platform.files.remove(`${part}.json`);
}

/** Fills `part` up to the file's length, in as many attempts as it takes. */
async function fetchPart(url: string, part: string, options: DownloadOptions): Promise<void> {
  const rate = new Rate(options.platform);
  let fruitless = 0;
  for (let attempt = 1; ; attempt++) {
    const before = (await options.platform.files.stat(part))?.size ?? 0;
    try {
      await transfer(url, part, before, rate, options);
      return;
    } catch (error) {
      throwIfAborted(options.signal, `the download of ${url}`);
      if (!(error instanceof TransientError)) throw error;
      const after = (await options.platform.files.stat(part))?.size ?? 0;
      fruitless = after > before ? 0 : fruitless + 1;
      if (fruitless >= FRUITLESS_ATTEMPTS || attempt >= TOTAL_ATTEMPTS) throw error;
      await pause(200 * 2 ** fruitless, options.signal);
    }
  }
}

/** One request, whose bytes are added to `part`. */
async function transfer(url: string, part: string, size: number, rate: Rate, options: DownloadOptions): Promise<void> {
  const { platform, sha256 } = options;
  const idle = new IdleTimer(options.idleTimeout ?? 30_000, options.signal);
  try {
    const meta = size > 0 ? await readMeta(platform, `${part}.json`) : undefined;
    const resumable = meta?.url === url && (meta.validator !== undefined || sha256 !== undefined);
    if (size > 0 && !resumable) await dropPart(platform, part);
    const from = resumable ? size : 0;
    const response = await request(url, from, meta, options, idle);
    const total = await placeOf(response, from, part, platform, url);
    if (total.complete) return;
    await writeMeta(platform, `${part}.json`, { url, validator: validatorOf(response) });
    await receive(response, url, part, total, rate, idle, options);
  } finally {
    idle.end();
  }
}

async function request(
  url: string,
  from: number,
  meta: PartMeta | undefined,
  { platform, advice }: DownloadOptions,
  idle: IdleTimer,
): Promise<Response> {
  const or = advice === undefined ? '' : `, or ${advice}`;
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (from > 0) {
    headers.range = `bytes=${from}-`;
    if (meta?.validator !== undefined) headers['if-range'] = meta.validator;
  }
  let response: Response;
  try {
    response = await platform.fetch(url, { headers, signal: idle.signal });
  } catch (error) {
    throw unreachable(url, or, error);
  }
  if (response.ok || response.status === 416) return response;
  await response.body?.cancel().catch(() => {});
  const reason = `${url} answers ${response.status}${response.statusText ? ` ${response.statusText}` : ''}`;
  if (response.status >= 500 || response.status === 408 || response.status === 429) {
    throw new TransientError('network', `${reason}: try again later${or}`);
  }
  throw new OcelliError('network', `${reason}: check the address${or}`);
}

/** Where the response's bytes belong: after the `from` bytes on disk, or at the start when the server sends everything. */
interface Place {
  readonly start: number;
  readonly total: number | undefined;
  readonly complete: boolean;
}

async function placeOf(response: Response, from: number, part: string, platform: Platform, url: string): Promise<Place> {
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  const rangeTotal = range && range[2] !== '*' ? Number(range[2]) : undefined;
  if (response.status === 206 && range && Number(range[1]) === from) {
    return { start: from, total: rangeTotal, complete: false };
  }
  if (response.status === 416 && rangeTotal === from) return { start: from, total: from, complete: true };
  if (response.status === 416 || response.status === 206) {
    await response.body?.cancel().catch(() => {});
    await dropPart(platform, part);
    throw new TransientError('network', `${url} refuses to go on from byte ${from}; try again`);
  }
  if (from > 0) await dropPart(platform, part);
  const length = response.headers.get('content-encoding') ? null : response.headers.get('content-length');
  return { start: 0, total: length === null ? undefined : Number(length), complete: false };
}

async function receive(
  response: Response,
  url: string,
  part: string,
  place: Place,
  rate: Rate,
  idle: IdleTimer,
  options: DownloadOptions,
): Promise<void> {
  const { total } = place;
  let received = place.start;
  const report = (): void => {
    const bytesPerSecond = rate.add(received);
    const secondsLeft = total !== undefined && bytesPerSecond > 0 ? Math.max(0, total - received) / bytesPerSecond : undefined;
    options.onProgress?.({ url, received, total, bytesPerSecond, secondsLeft });
  };
  rate.restart(received);
  report();
  const sink = await options.platform.files.append(part);
  try {
    const reader = response.body?.getReader();
    while (reader) {
      const next = await reader.read().catch((error: unknown) => {
        throw new TransientError('network', `${url} broke off after ${received} bytes (${causeOf(error)}); try again to resume`);
      });
      if (next.done) break;
      idle.restart();
      await sink.write(next.value);
      received += next.value.byteLength;
      report();
    }
  } finally {
    await sink.commit();
  }
  if (total !== undefined && received < total) {
    throw new TransientError('network', `${url} broke off after ${received} of ${total} bytes; try again to resume`);
  }
  if (total !== undefined && received > total) {
    await dropPart(options.platform, part);
    throw new OcelliError(
      'network',
      `${url} sent ${received} bytes where ${total} were announced; try again or use another mirror`,
    );
  }
}

/** A strong entity tag, else the date of the last change: what `If-Range` takes. */
function validatorOf(response: Response): string | undefined {
  const tag = response.headers.get('etag');
  return tag && !tag.startsWith('W/') ? tag : (response.headers.get('last-modified') ?? undefined);
}

function unreachable(url: string, or: string, error: unknown): OcelliError {
  const host = URL.canParse(url) ? new URL(url).host : url;
  return new TransientError('network', `cannot reach ${host} (${causeOf(error)}): connect to the network${or}`, { cause: error });
}

function withDiskAdvice(error: unknown, path: string): unknown {
  const code = causeOf(error);
  if (code === 'ENOSPC')
    return new OcelliError('io', `the disk is full while writing ${path}: make room and try again`, { cause: error });
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return new OcelliError('io', `${path} cannot be written (${code}): set OCELLI_CACHE to a folder that can`, { cause: error });
  }
  return error;
}

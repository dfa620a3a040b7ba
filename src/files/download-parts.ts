/** What a download is made of: the note beside a partial file, the idle timer, the rate, the pause between attempts. */
import { isOcelliError, messageOf, throwIfAborted } from '../base/errors.ts';
import type { Platform } from '../platform/platform.ts';

/** What must be known to go on with a partial file. */
export interface PartMeta {
  readonly url: string;
  /** A strong entity tag or a date, for `If-Range`. */
  readonly validator: string | undefined;
}

/** The note beside a partial file; undefined when it is missing or damaged. */
export async function readMeta(platform: Platform, path: string): Promise<PartMeta | undefined> {
  if (!(await platform.files.stat(path))) return undefined;
  const source = await platform.files.open(path);
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(await source.read(0, Math.min(source.size, 65_536))));
    if (typeof value !== 'object' || value === null || !('url' in value) || typeof value.url !== 'string') return undefined;
    const validator = 'validator' in value && typeof value.validator === 'string' ? value.validator : undefined;
    return { url: value.url, validator };
  } catch {
    return undefined;
  } finally {
    await source.close();
  }
}

export async function writeMeta(platform: Platform, path: string, meta: PartMeta): Promise<void> {
  const sink = await platform.files.create(path);
  await sink.write(new TextEncoder().encode(JSON.stringify(meta)));
  await sink.commit();
}

/** The innermost reason, such as ECONNREFUSED. */
export function causeOf(error: unknown): string {
  if (error instanceof Error) {
    if (!isOcelliError(error) && 'code' in error && typeof error.code === 'string') return error.code;
    if (error.cause !== undefined) return causeOf(error.cause);
  }
  return messageOf(error);
}

/** Waits, or throws `aborted` as soon as the signal fires. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  throwIfAborted(signal, 'the download');
}

const RATE_WINDOW_MS = 5000;

/** Fires its signal when nothing comes for too long, or with the caller's. */
export class IdleTimer {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(milliseconds: number, signal: AbortSignal | undefined) {
    this.#milliseconds = milliseconds;
    this.signal = signal ? AbortSignal.any([signal, this.#controller.signal]) : this.#controller.signal;
    this.restart();
  }

  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#controller.abort(new Error(`no data for ${this.#milliseconds / 1000} s`));
    }, this.#milliseconds);
  }

  /** Ends the request: an answer that was not read to its end would hold the connection, and with it the process. */
  end(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }
}

/** Bytes per second over a sliding window. */
export class Rate {
  readonly #platform: Platform;
  #samples: { readonly time: number; readonly bytes: number }[] = [];

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  restart(bytes: number): void {
    this.#samples = [{ time: this.#platform.now(), bytes }];
  }

  add(bytes: number): number {
    const time = this.#platform.now();
    this.#samples.push({ time, bytes });
    while (this.#samples.length > 2 && time - (this.#samples[0]?.time ?? time) > RATE_WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0] ?? { time, bytes };
    return time > first.time ? ((bytes - first.bytes) * 1000) / (time - first.time) : 0;
  }
}

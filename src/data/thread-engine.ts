/** Makes batches in worker threads. */
import { OcelliError, throwIfAborted } from '../base/errors.ts';
import type { Thread, Threads } from '../platform/platform.ts';
import type { BatchRequest, MadeBatch } from './batch-maker.ts';
import type { ClipSample, Sample } from './dataset.ts';
import type { Engine } from './engine.ts';
import type { FromThread, ToThread } from './thread-protocol.ts';

/** A name that bundlers for the web do not follow: there are no threads there. */
const script = './loader-thread.js';

interface Waiting {
  resolve(made: MadeBatch): void;
  reject(error: unknown): void;
}

/** A thread and what it was asked for. */
class Maker {
  readonly waiting = new Map<number, Waiting>();
  readonly #thread: Thread;
  failure: OcelliError | undefined;

  constructor(threads: Threads, start: ToThread) {
    this.#thread = threads.start(new URL(script, import.meta.url), {
      message: (value) => this.#settle(value as FromThread),
      failed: (reason) => this.#fail(`a thread that makes batches failed: ${reason}`),
    });
    this.#thread.post(start);
  }

  ask(id: number, request: BatchRequest, memory: ArrayBuffer | undefined): Promise<MadeBatch> {
    // The thread keeps the process alive while something is asked of it, and only then.
    if (this.waiting.size === 0) this.#thread.hold(true);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.#thread.post({ id, request, memory } satisfies ToThread, memory ? [memory] : []);
    });
  }

  drop(id: number): void {
    if (this.waiting.has(id)) this.#thread.post({ drop: id } satisfies ToThread);
  }

  async end(): Promise<void> {
    this.#fail('the loader was disposed');
    await this.#thread.end();
  }

  #settle(reply: FromThread): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (this.waiting.size === 0) this.#thread.hold(false);
    if ('made' in reply) waiting?.resolve(reply.made);
    else waiting?.reject(new OcelliError(reply.error.code, reply.error.message));
  }

  #fail(reason: string): void {
    this.failure ??= new OcelliError('runtime', reason);
    for (const { reject } of this.waiting.values()) reject(this.failure);
    this.waiting.clear();
  }
}

/** Batches that wait for their turn have memory of their own; more than this is let go. */
const KEPT = 8;

export class ThreadEngine implements Engine {
  readonly #makers: readonly Maker[];
  readonly #memory: ArrayBuffer[] = [];
  #count = 0;

  constructor(threads: Threads, count: number, start: Extract<ToThread, { start: unknown }>) {
    this.#makers = Array.from({ length: count }, () => new Maker(threads, start));
  }

  get failed(): boolean {
    return this.#makers.some(({ failure }) => failure !== undefined);
  }

  async make(request: BatchRequest, signal: AbortSignal): Promise<MadeBatch> {
    throwIfAborted(signal, 'making batches');
    const broken = this.#makers.find(({ failure }) => failure !== undefined);
    if (broken?.failure) throw broken.failure;
    const maker = this.#makers.reduce((least, each) => (each.waiting.size < least.waiting.size ? each : least));
    const id = this.#count++;
    const drop = (): void => maker.drop(id);
    signal.addEventListener('abort', drop, { once: true });
    try {
      return await maker.ask(id, whole(request), this.#memory.pop());
    } finally {
      signal.removeEventListener('abort', drop);
    }
  }

  recycle(memory: ArrayBuffer): void {
    if (this.#memory.length < KEPT) this.#memory.push(memory);
  }

  async end(): Promise<void> {
    await Promise.all(this.#makers.map((maker) => maker.end()));
  }
}

/** The same request with pictures in memory of their own: of a view, the whole memory behind it would be cloned. */
function whole(request: BatchRequest): BatchRequest {
  if (!request.samples) return request;
  const own = <P extends { readonly data: Uint8Array }>(picture: P): P =>
    picture.data.byteLength === picture.data.buffer.byteLength ? picture : { ...picture, data: picture.data.slice() };
  const samples = request.samples.map((sample): Sample | ClipSample =>
    'frames' in sample
      ? { frames: sample.frames.map(own), label: sample.label }
      : { picture: own(sample.picture), label: sample.label },
  );
  return { ...request, samples };
}

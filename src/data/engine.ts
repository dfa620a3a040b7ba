/** Who makes batches, and the one that does it in this thread. */
import { throwIfAborted } from '../base/errors.ts';
import type { BatchMaker, BatchRequest, MadeBatch } from './batch-maker.ts';

export interface Engine {
  /** Requests are answered in any order. What is asked after the signal fired, or waits then, is not made. */
  make(request: BatchRequest, signal: AbortSignal): Promise<MadeBatch>;
  /** Takes memory back that a batch was in. */
  recycle(memory: ArrayBuffer): void;
  /** True when it cannot make batches any more. */
  readonly failed: boolean;
  end(): Promise<void>;
}

/** Makes one batch after the other in this thread, between its other work. */
export class LocalEngine implements Engine {
  readonly failed = false;
  readonly #maker: BatchMaker;
  #memory: ArrayBuffer | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(maker: BatchMaker) {
    this.#maker = maker;
  }

  make(request: BatchRequest, signal: AbortSignal): Promise<MadeBatch> {
    const made = this.#last.then(() => {
      throwIfAborted(signal, 'making batches');
      const memory = this.#memory;
      this.#memory = undefined;
      return this.#maker.make(request, memory, signal);
    });
    this.#last = made.catch(() => undefined);
    return made;
  }

  recycle(memory: ArrayBuffer): void {
    this.#memory = memory;
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}

/** Node's worker threads. */
import { Worker } from 'node:worker_threads';
import { messageOf } from '../base/errors.ts';
import type { Threads } from './platform.ts';

/** Threads that begin in `entry`; default the compiled node-thread-entry.js beside this file. */
export function nodeThreads(entry: URL = new URL('./node-thread-entry.js', import.meta.url)): Threads {
  return {
    start(module, listener) {
      // Flags of the caller's script, such as --input-type, are not for this one.
      const worker = new Worker(entry, { workerData: { module: module.href }, execArgv: [] });
      let over = false;
      const fail = (reason: string): void => {
        if (!over) listener.failed(reason);
        over = true;
      };
      worker.on('message', (value: unknown) => listener.message(value));
      worker.on('messageerror', (error) => fail(messageOf(error)));
      worker.on('error', (error) => fail(messageOf(error)));
      worker.on('exit', (code) => fail(`it ended with code ${code}`));
      worker.unref();
      return {
        post: (message, moved = []) => worker.postMessage(message, moved),
        hold: (alive) => (alive ? worker.ref() : worker.unref()),
        end: async () => {
          over = true;
          await worker.terminate();
        },
      };
    },
    memory: (length) => new Uint8Array(new SharedArrayBuffer(length)),
  };
}

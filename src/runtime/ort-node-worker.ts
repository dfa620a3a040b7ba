/** A runtime whose sessions live in a worker thread, so that the caller's event loop stays alive during runs. */
import { Worker } from 'node:worker_threads';
import { OcelliError, throwIfAborted } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import { checkTensors } from './feeds.ts';
import { throughFile } from './ort-node-files.ts';
import {
  type Calls,
  type MessageModel,
  movable,
  type Reply,
  type Request,
  type WorkerSettings,
} from './ort-node-worker-protocol.ts';
import { gathered } from './ort-session.ts';
import type { LoadOptions, ModelFile, ModelSource, RunOptions, Runtime, Session } from './runtime.ts';

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: OcelliError) => void;
}

class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #ended: OcelliError | undefined;

  constructor(settings: WorkerSettings, entry: URL) {
    // Flags of the caller's script, such as --input-type, are not for this one.
    this.#worker = new Worker(entry, { workerData: settings, execArgv: [] });
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#end(`the worker thread failed: ${error.message}`));
    this.#worker.on('exit', () => this.#end('the worker thread has ended; start the runtime again'));
    this.#worker.unref();
  }

  ask<K extends keyof Calls>(call: K, ask: Calls[K]['ask'], moved: readonly ArrayBuffer[] = []): Promise<Calls[K]['answer']> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#count++;
    // The thread keeps the process alive while something is asked of it, and only then.
    if (this.#waiting.size === 0) this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, call, ask } as Request, moved);
    });
  }

  async end(): Promise<void> {
    this.#end('the runtime was disposed; start it again');
    await this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('error' in reply) waiting?.reject(new OcelliError(reply.error.code, reply.error.message));
    else waiting?.resolve(reply.answer as never);
  }

  #end(message: string): void {
    this.#ended ??= new OcelliError('runtime', message);
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

/** Starts a thread and a back end in it. @throws runtime when either does not start */
export async function workerRuntime(settings: WorkerSettings, entry?: URL): Promise<Runtime> {
  const thread = new Thread(settings, entry ?? new URL('./ort-node-worker-entry.js', import.meta.url));
  const { name, info } = await thread.ask('start', {});
  return {
    name,
    info: { ...info, worker: true },
    target: 'cpu',
    load: (source, options = {}) =>
      name === 'ort-node'
        ? throughFile(source, (model) => loadInThread(thread, model, options))
        : loadInThread(thread, source, options),
    dispose: () => thread.end(),
    [Symbol.asyncDispose]: () => thread.end(),
  };
}

async function modelMessage(source: ModelSource | ModelFile): Promise<MessageModel> {
  if ('path' in source || !source.external) return 'path' in source ? source : { model: source.model };
  const { file } = source.external;
  return { model: source.model, external: { file, data: await gathered(source.external) } };
}

/** What is moved to the thread, not copied. */
function buffersOf(message: MessageModel): ArrayBuffer[] {
  return 'external' in message && message.external ? [message.external.data.buffer] : [];
}

async function loadInThread(thread: Thread, model: ModelSource | ModelFile, options: LoadOptions): Promise<Session> {
  const source = await modelMessage(model);
  const { session, inputs, outputs } = await thread.ask('load', { source, options }, buffersOf(source));
  const carried = new Map(Object.entries(options.carry ?? {}));
  const kept = new Set(carried.values());
  const fed = inputs.filter(({ name }) => !carried.has(name));
  const given = outputs.filter(({ name }) => !kept.has(name));
  let disposed: Promise<unknown> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const enqueue = <T>(body: () => Promise<T>): Promise<T> => {
    if (disposed) return Promise.reject(new OcelliError('runtime', 'the session was disposed; load the program again'));
    const result = last.then(body);
    last = result.catch(() => undefined);
    return result;
  };
  const run = (feeds: Readonly<Record<string, Tensor>>, { outputs: into = {}, signal }: RunOptions = {}) =>
    enqueue(async () => {
      throwIfAborted(signal, 'the run');
      // Checked here, before anything is moved, so that a mistake costs nobody a tensor.
      checkTensors('input', fed, feeds, true);
      checkTensors('output', given, into, false);
      const moved = [...new Set([...movable(feeds), ...movable(into)])];
      return (await thread.ask('run', { session, feeds, outputs: into }, moved)) as Record<string, Tensor>;
    });
  const dispose = async (): Promise<void> => {
    disposed ??= last.then(() => thread.ask('dispose', { session }));
    await disposed;
  };
  return {
    inputs,
    outputs,
    run,
    write: (values) =>
      enqueue(async () => {
        await thread.ask('write', { session, values });
      }),
    read: (names) => enqueue(() => thread.ask('read', { session, names }) as Promise<Record<string, Tensor>>),
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

/** The worker thread's side of a worker runtime: answers the messages of ort-node-worker-protocol.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { isOcelliError, messageOf, OcelliError } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import { nodeRuntime } from './ort-node.ts';
import { type MessageModel, movable, type Reply, type Request, type WorkerSettings } from './ort-node-worker-protocol.ts';
import type { ModelFile, ModelSource, Runtime, Session } from './runtime.ts';

const sessions = new Map<number, Session>();
let runtime: Promise<Runtime> | undefined;
let count = 0;

function started(): Promise<Runtime> {
  runtime ??= nodeRuntime(workerData as WorkerSettings);
  return runtime;
}

function sessionOf(id: number): Session {
  const session = sessions.get(id);
  if (!session) throw new OcelliError('runtime', 'the session was disposed; load the program again');
  return session;
}

function sourceOf(message: MessageModel): ModelSource | ModelFile {
  if ('path' in message) return message;
  const { model, external } = message;
  if (!external) return { model };
  const { file, data } = external;
  return { model, external: { file, size: data.length, parts: () => [data] } };
}

/** The answer, and the tensors in it that are moved to the caller. */
async function answer(request: Request): Promise<readonly [unknown, Readonly<Record<string, Tensor>>]> {
  switch (request.call) {
    case 'start': {
      const { name, info } = await started();
      return [{ name, info }, {}];
    }
    case 'load': {
      const session = await (await started()).load(sourceOf(request.ask.source), request.ask.options);
      const id = count++;
      sessions.set(id, session);
      return [{ session: id, inputs: session.inputs, outputs: session.outputs }, {}];
    }
    case 'run': {
      const { session, feeds, outputs } = request.ask;
      const results = await sessionOf(session).run(feeds, { outputs });
      return [results, results];
    }
    case 'write':
      await sessionOf(request.ask.session).write(request.ask.values);
      return [null, {}];
    case 'read': {
      const values = await sessionOf(request.ask.session).read(request.ask.names);
      return [values, values];
    }
    case 'dispose':
      await sessions.get(request.ask.session)?.dispose();
      sessions.delete(request.ask.session);
      return [null, {}];
  }
}

const port = parentPort;
port?.on('message', async (request: Request) => {
  try {
    const [value, moved] = await answer(request);
    port.postMessage({ id: request.id, answer: value } satisfies Reply, movable(moved));
  } catch (error) {
    const code = isOcelliError(error) ? error.code : 'internal';
    port.postMessage({ id: request.id, error: { code, message: messageOf(error) } } satisfies Reply);
  }
});

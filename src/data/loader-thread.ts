/** What a loader's thread does: it makes the batches that it is asked for, one after the other. */
import { isOcelliError, messageOf, OcelliError, throwIfAborted } from '../base/errors.ts';
import type { ThreadModule } from '../platform/platform.ts';
import { BatchMaker } from './batch-maker.ts';
import { givenSamples } from './given-samples.ts';
import { openPortable } from './portable.ts';
import type { FromThread, ToThread } from './thread-protocol.ts';

export const serve: ThreadModule['serve'] = (port, platform) => {
  const wanted = new Map<number, AbortController>();
  let maker: BatchMaker | undefined;
  let last: Promise<void> = Promise.resolve();
  const answer = async (message: Extract<ToThread, { request: unknown }>, signal: AbortSignal): Promise<void> => {
    const { id, request, memory } = message;
    try {
      throwIfAborted(signal, 'making batches');
      if (maker === undefined) throw new OcelliError('internal', 'a batch was asked for before the start');
      const made = await maker.make(request, memory, signal);
      const { images, labels, targets } = made;
      const moved = [images.buffer, labels.buffer, ...(targets ? [targets.buffer] : [])];
      port.post({ id, made } satisfies FromThread, moved);
    } catch (error) {
      const code = isOcelliError(error) ? error.code : 'internal';
      port.post({ id, error: { code, message: messageOf(error) } } satisfies FromThread);
    }
    wanted.delete(id);
  };
  port.onMessage((value) => {
    const message = value as ToThread;
    if ('start' in message) {
      const { source, settings } = message.start;
      maker = new BatchMaker('dataset' in source ? openPortable(source.dataset, platform) : givenSamples(source.given), settings);
    } else if ('drop' in message) wanted.get(message.drop)?.abort();
    else {
      const controller = new AbortController();
      wanted.set(message.id, controller);
      last = last.then(() => answer(message, controller.signal));
    }
  });
};

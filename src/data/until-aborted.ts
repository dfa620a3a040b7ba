/** Waiting that an AbortSignal ends. */
import { OcelliError, throwIfAborted } from '../base/errors.ts';

/** What `promise` gives, or an `aborted` error as soon as the signal fires; the promise itself goes on. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined, what: string): Promise<T> {
  throwIfAborted(signal, what);
  if (signal === undefined) return promise;
  let stop = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new OcelliError('aborted', `${what} was stopped`, { cause: signal.reason }));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** `fetch` whose failures are Ocelli's errors. */
import { messageOf, OcelliError } from '../base/errors.ts';
import type { Platform } from './platform.ts';

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : messageOf(cause) || messageOf(error);
}

/**
 * Fetches as the global function does.
 * @throws aborted when the signal fires
 * @throws network when no answer comes; an answer of any status is no error here
 */
export const fetchUrl: Platform['fetch'] = async (url, init) => {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init?.signal?.aborted) throw new OcelliError('aborted', `the request for ${url} was stopped`, { cause: error });
    throw new OcelliError('network', `cannot reach ${url} (${reasonOf(error)}); check the address and the connection`, {
      cause: error,
    });
  }
};

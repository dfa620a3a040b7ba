/** Loaded sessions kept for the next time the same model is compiled: bounded, the least recently used one goes first. */
import { hashText } from '../base/random.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Runtime, Session } from '../runtime/runtime.ts';

interface Entry {
  readonly session: Promise<Session>;
  /** Programs that hold it; it is disposed only when there are none. */
  users: number;
}

/** Numbers tensors and runtimes in the order they are met, so that a key can name them. */
const identities = new WeakMap<object, number>();
let identityCount = 0;

function identityOf(object: object): number {
  const known = identities.get(object);
  if (known !== undefined) return known;
  identities.set(object, identityCount);
  return identityCount++;
}

/**
 * The key of a program: its graph's text, the identity of every tensor of weights and of the runtime, and settings.
 * A weight is another one when its `value` was replaced; who writes into a value's array must clear the cache.
 */
export function programKey(graphText: string, weights: Iterable<Tensor>, runtime: Runtime, settings: string): string {
  const ids = Array.from(weights, identityOf).join();
  // Two independent hashes of the text and its length; a clash of all three is beyond chance.
  return [
    hashText(graphText),
    hashText(`${graphText.length}\n${graphText}`),
    graphText.length,
    ids,
    identityOf(runtime),
    settings,
  ].join('/');
}

export class ProgramCache {
  readonly #limit: number;
  readonly #entries = new Map<string, Entry>();

  /** @param limit how many sessions are kept that no program holds; default 4 */
  constructor(limit = 4) {
    this.#limit = limit;
  }

  /** How many sessions are loaded. */
  get size(): number {
    return this.#entries.size;
  }

  /** The session under this key, loading it when there is none. */
  async acquire(key: string, load: () => Promise<Session>): Promise<Session> {
    const entry = this.#entries.get(key) ?? { session: load(), users: 0 };
    this.#touch(key, entry);
    entry.users++;
    try {
      return await entry.session;
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    }
  }

  /** Says that one program no longer holds the session. */
  async release(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (!entry) return;
    entry.users--;
    this.#touch(key, entry);
    await this.#evict(this.#limit);
  }

  /** Disposes all sessions that no program holds. */
  clear(): Promise<void> {
    return this.#evict(0);
  }

  #touch(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  async #evict(keep: number): Promise<void> {
    const idle = [...this.#entries].filter(([, { users }]) => users === 0);
    for (const [key, { session }] of idle.slice(0, Math.max(0, idle.length - keep))) {
      this.#entries.delete(key);
      await (await session).dispose();
    }
  }
}

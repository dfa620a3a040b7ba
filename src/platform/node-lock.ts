/** Locks between processes: a file that names its holder and is taken over when the holder is dead. */
import { randomUUID } from 'node:crypto';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfAborted } from '../base/errors.ts';
import { ioError, isMissing, systemCode } from './node-errors.ts';
import { makeFolder } from './node-folders.ts';

/** Who holds a lock. Process numbers are reused, so the start of the process is kept where the system tells it (Linux). */
interface Holder {
  readonly pid: number;
  readonly started: string;
  readonly host: string;
  /** Told apart from other locks of the same process. */
  readonly token: string;
}

/** A lock file without content is one being written, or one whose writer died; after this long it is the latter. */
const emptyIsStaleAfter = 10_000;
const firstWait = 20;
const longestWait = 500;

/** When a process started, in the system's ticks since it booted; empty where that cannot be known. */
async function startOf(pid: number): Promise<string> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, started, host, token } = value as Partial<Record<keyof Holder, unknown>>;
    if (typeof pid !== 'number' || typeof started !== 'string') return undefined;
    if (typeof host !== 'string' || typeof token !== 'string') return undefined;
    return { pid, started, host, token };
  } catch {
    return undefined;
  }
}

/** The holder's text, undefined when there is no lock. */
async function readLock(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw ioError('read the lock', file, error);
  }
}

/** Makes the file if nobody has; false when somebody has. */
async function tryCreate(file: string, text: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw ioError('make the lock', file, error);
  }
}

async function olderThan(file: string, milliseconds: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > milliseconds;
  } catch {
    return false;
  }
}

/** Whether the process that wrote `text` is gone. Locks of other machines on a shared disk are never taken over. */
async function isStale(file: string, text: string): Promise<boolean> {
  const holder = parseHolder(text);
  if (holder === undefined) return olderThan(file, emptyIsStaleAfter);
  if (holder.host !== hostname()) return false;
  if (!isAlive(holder.pid)) return true;
  const started = await startOf(holder.pid);
  return started !== '' && holder.started !== '' && started !== holder.started;
}

/** Removes a dead process's lock, guarded by a second file so that two waiters cannot remove each other's new lock. */
async function takeOver(file: string, seen: string): Promise<void> {
  const guard = `${file}.takeover`;
  if (!(await tryCreate(guard, ''))) {
    if (await olderThan(guard, emptyIsStaleAfter)) await rm(guard, { force: true });
    return;
  }
  try {
    if ((await readLock(file)) === seen) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function pause(milliseconds: number, what: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    throwIfAborted(signal, what);
    throw error;
  }
}

/**
 * Runs `body` while holding `<path>.lock`; waits while another call, here or in another process, holds it. Not reentrant.
 * @throws aborted when the signal fires while waiting
 * @throws io when the lock cannot be made
 */
export async function withLock<T>(path: string, body: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const file = `${path}.lock`;
  const what = `waiting for the lock ${file}`;
  const me: Holder = { pid: process.pid, started: await startOf(process.pid), host: hostname(), token: randomUUID() };
  const mine = JSON.stringify(me);
  throwIfAborted(signal, what);
  await makeFolder(dirname(file)).catch((error: unknown) => {
    throw ioError('make the folder', dirname(file), error);
  });
  for (let wait = firstWait; !(await tryCreate(file, mine)); wait = Math.min(longestWait, wait * 1.5)) {
    throwIfAborted(signal, what);
    const text = await readLock(file);
    if (text !== undefined && (await isStale(file, text))) await takeOver(file, text);
    else if (text !== undefined) await pause(wait * (0.75 + Math.random() / 2), what, signal);
  }
  try {
    return await body();
  } finally {
    if ((await readLock(file).catch(() => undefined)) === mine) await rm(file, { force: true });
  }
}

/** What every file system must do: cases that use no test framework, so that they also run inside a page. */
import { isOcelliError } from '../../src/base/errors.ts';
import type { FileSystem } from '../../src/platform/platform.ts';

/** `at` gives the path of a name in a folder of the case's own. */
export interface FilesCase {
  readonly name: string;
  run(files: FileSystem, at: (name: string) => string): Promise<void>;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function checkEqual(actual: unknown, expected: unknown, what: string): void {
  const text = (value: unknown): string => JSON.stringify(value) ?? 'undefined';
  if (text(actual) !== text(expected)) throw new Error(`${what}: expected ${text(expected)}, got ${text(actual)}`);
}

async function checkFails(body: () => Promise<unknown>, code: string, word: string): Promise<void> {
  const error: unknown = await body().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  checkEqual(isOcelliError(error) ? error.code : String(error), code, 'error code');
  if (isOcelliError(error)) checkEqual(error.message.includes(word), true, `"${error.message}" says "${word}"`);
}

async function write(files: FileSystem, path: string, text: string, how: 'create' | 'append' = 'create'): Promise<void> {
  const sink = await files[how](path);
  await sink.write(new TextEncoder().encode(text));
  await sink.commit();
}

async function read(files: FileSystem, path: string, offset = 0, length = 1000): Promise<string> {
  const source = await files.open(path);
  try {
    return new TextDecoder().decode(await source.read(offset, length));
  } finally {
    await source.close();
  }
}

const bytes = new TextEncoder().encode('more');

export const filesCases: readonly FilesCase[] = [
  {
    name: 'a file appears at commit, whole, with its folders',
    async run(files, at) {
      const path = at('deep/er/file');
      const sink = await files.create(path);
      await sink.write(bytes);
      checkEqual(await files.stat(path), undefined, 'before commit');
      await sink.write(bytes);
      await sink.commit();
      checkEqual(await files.stat(path), { size: 8, kind: 'file' }, 'after commit');
      checkEqual((await files.stat(at('deep')))?.kind, 'folder', 'its folder');
      checkEqual(await read(files, path), 'moremore', 'content');
      await checkFails(() => sink.write(bytes), 'usage', 'already closed');
      await sink.discard();
      checkEqual(await read(files, path), 'moremore', 'content after a late discard');
    },
  },
  {
    name: 'a file being replaced keeps its content until commit, and after discard',
    async run(files, at) {
      const path = at('file');
      await write(files, path, 'old');
      const dropped = await files.create(path);
      await dropped.write(bytes);
      checkEqual(await read(files, path), 'old', 'while writing');
      await dropped.discard();
      checkEqual(await read(files, path), 'old', 'after discard');
      await write(files, path, 'new');
      checkEqual(await read(files, path), 'new', 'after commit');
      const never = await files.create(at('never'));
      await never.discard();
      checkEqual(await files.stat(at('never')), undefined, 'a discarded new file');
    },
  },
  {
    name: 'append adds, and its discard takes back what it added',
    async run(files, at) {
      const path = at('folder/file');
      await write(files, path, 'a', 'append');
      await write(files, path, 'bc', 'append');
      checkEqual(await read(files, path), 'abc', 'content');
      const dropped = await files.append(path);
      await dropped.write(bytes);
      await dropped.discard();
      checkEqual(await read(files, path), 'abc', 'after discard');
      const fresh = await files.append(at('fresh'));
      await fresh.write(bytes);
      await fresh.discard();
      checkEqual(await files.stat(at('fresh')), undefined, 'a discarded new file');
    },
  },
  {
    name: 'reads at any offset and gives what there is',
    async run(files, at) {
      await write(files, at('file'), '0123456789');
      checkEqual(await read(files, at('file'), 3, 4), '3456', 'inside');
      checkEqual(await read(files, at('file'), 8, 100), '89', 'over the end');
      checkEqual(await read(files, at('file'), 50, 5), '', 'past the end');
    },
  },
  {
    name: 'renames over other files, removes twice, and names the path in errors',
    async run(files, at) {
      await write(files, at('one'), '1');
      await write(files, at('two'), '2');
      await files.rename(at('one'), at('two'));
      checkEqual(await files.stat(at('one')), undefined, 'the old name');
      checkEqual(await read(files, at('two')), '1', 'the new name');
      await files.rename(at('two'), at('other/three'));
      checkEqual(await read(files, at('other/three')), '1', 'another folder');
      await files.remove(at('other/three'));
      await files.remove(at('other/three'));
      await checkFails(() => files.open(at('other/three')), 'io', 'three');
      await checkFails(() => files.rename(at('missing'), at('four')), 'io', 'missing');
    },
  },
  {
    name: 'lists a folder, sorted by code points, and names the path of one that is not there',
    async run(files, at) {
      for (const name of ['b', 'a/deep/x', 'B', 'a10', 'a2', '\u{1f600}', '\u{ff5e}', 'ab'])
        await write(files, at(`list/${name}`), 'x');
      const names = (await files.list(at('list'))).map(({ name, kind }) => `${kind} ${name}`);
      const expected = ['file B', 'folder a', 'file a10', 'file a2', 'file ab', 'file b', 'file \u{ff5e}', 'file \u{1f600}'];
      checkEqual(names, expected, 'entries');
      checkEqual(await files.list(at('list/a')), [{ name: 'deep', kind: 'folder' }], 'entries of a folder in it');
      await checkFails(() => files.list(at('nowhere')), 'io', 'nowhere');
    },
  },
  {
    name: 'locks let one in at a time, in spite of errors',
    async run(files, at) {
      let inside = 0;
      let most = 0;
      const body = async (fail: boolean): Promise<number> => {
        most = Math.max(most, ++inside);
        await pause(5);
        inside--;
        if (fail) throw new Error('of the body');
        return 7;
      };
      const results = await Promise.allSettled([0, 1, 2, 3, 4].map((i) => files.withLock(at('file'), () => body(i === 1))));
      checkEqual(most, 1, 'most at once');
      const shown = results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason)));
      checkEqual(shown, [7, 'Error: of the body', 7, 7, 7], 'results');
    },
  },
  {
    name: 'waiting for a lock can be stopped; its holder is not stopped',
    async run(files, at) {
      const controller = new AbortController();
      const holder = files.withLock(at('file'), () => pause(150).then(() => 'done'), controller.signal);
      await pause(30);
      setTimeout(() => controller.abort(), 20);
      const waiting = (): Promise<string> => files.withLock(at('file'), () => Promise.resolve('never'), controller.signal);
      await checkFails(waiting, 'aborted', 'lock');
      checkEqual(await holder, 'done', 'holder');
      await checkFails(waiting, 'aborted', 'lock');
      checkEqual(await files.withLock(at('file'), () => Promise.resolve(2)), 2, 'the next');
    },
  },
];

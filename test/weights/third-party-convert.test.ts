/** Every third-party checkpoint converts to both formats and reads back the same, also those that no model of the zoo made. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convert } from '../../src/cli/commands/weights-convert.ts';
import { createContext } from '../../src/cli/context.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import { hashTensors } from '../../src/weights/inspect.ts';
import { openCheckpoint } from '../../src/weights/open.ts';
import { stateDictOf } from '../../src/weights/state-dict.ts';
import { haveData, sha256 } from './support.ts';

const data: string = new URL('../../../shared/data/', import.meta.url).pathname;
const filesIn = (folder: string): string[] =>
  existsSync(data + folder) ? readdirSync(data + folder).map((name) => join(folder, name)) : [];
const files: readonly string[] = [...filesIn('checkpoints'), ...filesIn('weights')].filter((name) => !name.endsWith('broken.pt'));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocelli-convert-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What `weights convert` prints. */
async function converted(input: string, output: string): Promise<string> {
  const printed: string[] = [];
  const stdout = { write: (text: string) => printed.push(text) };
  const io = { stdout, stderr: stdout, stdin: (async function* () {})(), env: {}, signal: new AbortController().signal };
  expect(await convert(input, output, {}, createContext(io))).toBe(0);
  return printed.join('');
}

/** Type, shape and hash of the state dict's tensors by name. */
async function hashesOf(file: string): Promise<Map<string, string>> {
  const checkpoint = await openCheckpoint(await nodePlatform().files.open(file));
  try {
    const state = stateDictOf(checkpoint);
    const hashed = await hashTensors({ ...checkpoint, entries: state.entries, read: (entry) => state.read(entry) }, sha256);
    return new Map(hashed.map(({ name, dtype, shape, sha256: hash }) => [name, `${dtype} [${shape}] ${hash}`]));
  } finally {
    await checkpoint.close();
  }
}

describe.skipIf(!haveData())('third-party checkpoints', () => {
  test.each(files)('%s', async (file) => {
    const original = await hashesOf(data + file).catch((error: unknown) => error);
    if (original instanceof Error) {
      // An empty dictionary is read and has nothing to convert.
      expect(original.message).toContain('no tensors');
      return;
    }
    for (const extension of ['safetensors', 'pth']) {
      const output = join(folder, `out.${extension}`);
      expect(await converted(data + file, output)).toContain(`${(original as Map<string, string>).size} tensors`);
      expect(await hashesOf(output), extension).toEqual(original);
    }
  });
});

/** `ocelli embed` and `ocelli similar`, as scripts use them, on the sample pictures and on what is none. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import { openCheckpoint } from '../../src/weights/open.ts';
import { buildCli, cli, type Result } from './built.ts';

const samples: string = new URL('../../samples/clothes/', import.meta.url).pathname;
const lenet: readonly string[] = ['--model', 'lenet5'];
let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocelli-embed-'));
  await mkdir(at('empty'));
  await mkdir(at('mixed'));
  await copyFile(`${samples}bag.png`, at('mixed/a-bag.png'));
  await copyFile(`${samples}boot.png`, at('mixed/boot.png'));
  await writeFile(at('mixed/none.png'), 'no picture');
  await buildCli();
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

/** The same without a process, for what ends before a model is loaded. */
async function inProcess(args: readonly string[]): Promise<Result> {
  const [out, err]: [string[], string[]] = [[], []];
  const stdin = (async function* () {})();
  const io = { stdin, env: {}, signal: new AbortController().signal };
  const streams = { stdout: { write: (text: string) => out.push(text) }, stderr: { write: (text: string) => err.push(text) } };
  const status = await run(args, { ...io, ...streams });
  return { status, stdout: out.join(''), stderr: err.join('') };
}

function expectError(result: Result, status: number, message: RegExp): void {
  expect(result.stderr).toMatch(message);
  expect(result.stdout).toBe('');
  expect(result.status).toBe(status);
}

test('a folder becomes a file that says what is in it, and pictures are found in it', async () => {
  const output = at('clothes.safetensors');
  const made = await cli(['embed', samples, ...lenet, '-o', output, '--batch', '4']);
  expect(made).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('6 pictures, 84 numbers each') });
  const checkpoint = await openCheckpoint(await nodePlatform().files.open(output));
  expect(checkpoint.entries).toEqual([{ name: 'embeddings', dtype: 'float32', shape: [6, 84] }]);
  const files = JSON.parse(String(checkpoint.metadata.get('files'))) as string[];
  expect(files).toEqual((await readdir(samples)).sort().map((name) => samples + name));
  expect(JSON.parse(String(checkpoint.metadata.get('model')))).toMatchObject({ model: 'lenet5', preset: { channels: 'gray' } });
  await checkpoint.close();

  const stored = await cli(['similar', `${samples}boot.png`, output, '--json']);
  const fresh = await cli(['similar', `${samples}boot.png`, samples, ...lenet, '--json']);
  expect(stored.status + fresh.status).toBe(0);
  const [a, b] = [stored, fresh].map(({ stdout }) => JSON.parse(stdout) as { nearest: { file: string; cosine: number }[] });
  expect(a?.nearest.map(({ file }) => file)).toEqual(b?.nearest.map(({ file }) => file));
  expect(a).toMatchObject({ file: `${samples}boot.png`, failed: [] });
  expect(a?.nearest).toHaveLength(5);
  for (const { cosine } of a?.nearest ?? []) expect(Math.abs(cosine)).toBeLessThan(1);
  expect(b?.nearest.map(({ cosine }) => cosine)).toEqual(
    [...(b?.nearest ?? [])].map(({ cosine }) => cosine).sort((x, y) => y - x),
  );

  const human = await cli(['similar', at('mixed/a-bag.png'), output, '--top', '2', '--page', at('like-bag.html')]);
  expect(human).toMatchObject({ status: 0, stderr: `the page is ${at('like-bag.html')}\n` });
  expect(human.stdout).toMatch(/^ 1\.000 {2}.*bag\.png\n [ 0-9.-]+ {2}.*\.png\n$/);
  const page = await readFile(at('like-bag.html'), 'utf8');
  expect(page.match(/<img src="data:image\/png;base64,/g)).toHaveLength(3);
  expect(page).toContain('The 2 nearest of 6 pictures');

  expectError(
    await cli(['similar', `${samples}boot.png`, output, ...lenet]),
    2,
    /says itself how .*\(lenet5\); leave --model out/,
  );
});

describe('pictures that are none', () => {
  test('are told of, the others are embedded, and the status is 1', async () => {
    const output = at('mixed.safetensors');
    const made = await cli(['embed', at('mixed'), ...lenet, '-o', output]);
    expect(made).toMatchObject({ status: 1, stdout: expect.stringContaining('2 pictures') });
    expect(made.stderr).toMatch(/^ocelli: .*none\.png: .*\n$/);
    const json = await cli(['embed', at('mixed'), ...lenet, '--json']);
    const rows = JSON.parse(json.stdout) as { file: string; embedding?: number[]; error?: string }[];
    expect([json.status, json.stderr]).toEqual([1, '']);
    expect(rows.map(({ embedding, error }) => embedding?.length ?? typeof error)).toEqual([84, 84, 'string']);
    const found = await cli(['similar', at('mixed/boot.png'), at('mixed'), ...lenet]);
    expect(found).toMatchObject({ status: 1, stdout: expect.stringMatching(/^ [ 0-9.-]+ {2}.*a-bag\.png\n$/) });
    expect(found.stderr).toMatch(/none\.png/);
  });

  test('and nothing but them: nothing is written', async () => {
    const output = at('nothing.safetensors');
    for (const place of [at('empty'), at('gone'), at('mixed/none.png')]) {
      const result = await cli(['embed', place, ...lenet, '-o', output]);
      expectError(result, 1, /no picture could be embedded, so .*nothing\.safetensors is not written/);
      expect(result.stderr).toContain(place);
    }
    expectError(
      await cli(['similar', `${samples}bag.png`, at('gone'), ...lenet]),
      1,
      /no picture to compare .*with: there is no file/,
    );
    expect(await readdir(folder)).not.toContain('nothing.safetensors');
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
    expectError(await cli(['similar', at('mixed/none.png'), samples, ...lenet]), 1, /none\.png/);
    expectError(await cli(['similar', `${samples}bag.png`, `${samples}bag.png`, ...lenet]), 1, /no picture to compare/);
  });
});

test('one picture alone', async () => {
  const made = await cli(['embed', `${samples}bag.png`, ...lenet, '-o', at('one.safetensors')]);
  expect(made).toMatchObject({ status: 0, stdout: expect.stringContaining('1 picture, 84 numbers each') });
  expect((await cli(['similar', `${samples}boot.png`, at('one.safetensors')])).stdout.trim().split('\n')).toHaveLength(1);
});

test('wrong use, and places that cannot be written or read', async () => {
  expectError(await inProcess(['embed', samples, ...lenet]), 2, /say where to: --output FILE\.safetensors, or --json/);
  expectError(await inProcess(['embed', samples, ...lenet, '-o', 'x.npy']), 2, /name the output FILE\.safetensors/);
  expectError(await inProcess(['embed', samples, '-o', at('x.safetensors')]), 2, /name the model/);
  expectError(await inProcess(['embed', samples, ...lenet, '-o', at('mixed/boot.png/x.safetensors')]), 1, /boot\.png/);
  expectError(
    await inProcess(['similar', `${samples}bag.png`, samples, ...lenet, '--page', 'x.pdf']),
    2,
    /name the page FILE\.html/,
  );
  expectError(
    await inProcess(['similar', `${samples}bag.png`, at('gone.safetensors'), samples]),
    2,
    /gone\.safetensors: a file of embeddings stands alone/,
  );
  expectError(await inProcess(['similar', samples, samples, ...lenet]), 2, /name one picture to compare with/);
  expectError(await inProcess(['similar', `${samples}bag.png`, at('gone.safetensors')]), 1, /gone\.safetensors/);
  await writeFile(at('broken.safetensors'), 'x');
  expectError(await inProcess(['similar', `${samples}bag.png`, at('broken.safetensors')]), 1, /no checkpoint/);
  const weights = new URL('../../weights/', import.meta.url).pathname;
  const [checkpoint] = (await readdir(weights)).filter((name) => name.endsWith('.safetensors'));
  expectError(await inProcess(['similar', `${samples}bag.png`, weights + checkpoint]), 2, /is no file of embeddings/);
});

/** Weights that go from a checkpoint straight into a program: the same answers, no copy in the model, no file left behind. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { float32 } from '../../src/base/tensor.ts';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import { mnasnet0_5 } from '../../src/models/classification/mnasnet.ts';
import { namedParameters } from '../../src/nn/module.ts';
import { initialize } from '../../src/nn/state-dict.ts';
import { memoryFiles } from '../../src/platform/memory-files.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { compile } from '../../src/program/compile.ts';
import { inferenceGraph } from '../../src/program/inference-graph.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import { load } from '../../src/tasks/classify.ts';
import { openModelWeights, saveWeights } from '../../src/tasks/load-weights.ts';
import { bundleWorkerEntry } from '../contracts/worker-entry.ts';

const files = memoryFiles();
const platform: Platform = { ...nodePlatform(), files };
const inputs = { input: { dtype: 'float32', shape: ['N', 3, 64, 64] } } as const;
const picture = float32(
  [1, 3, 64, 64],
  Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => Math.sin(i)),
);
const net = mnasnet0_5();
const temporary = process.env.TMPDIR;
let folder: string;

/** ONNX Runtime keeps files of its own there. */
const leftBehind = (): string[] => readdirSync(folder).filter((name) => name.startsWith('ocelli-'));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'streamed-'));
  initialize(net, { seed: 3 });
  for (const file of ['net.pth', 'net.safetensors']) await saveWeights(net, file, { platform });
  process.env.TMPDIR = folder;
});
afterAll(() => {
  if (temporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = temporary;
  rmSync(folder, { recursive: true });
});

describe.each(['native', 'native in a worker', 'WASM in a worker'])('%s', (name) => {
  test.each(['net.pth', 'net.safetensors'])('a program from %s answers as one from the model', async (file) => {
    const inWorker = name === 'native' ? {} : { worker: true, workerEntry: await bundleWorkerEntry() };
    await using runtime = await nodeRuntime({ ...(name.startsWith('WASM') ? { backend: 'wasm', threads: 1 } : {}), ...inWorker });
    await using loaded = await compile(net, { runtime, inputs });
    const other = mnasnet0_5();
    const { parameters, close } = await openModelWeights(other, file, { platform });
    await using streamed = await compile(other, { runtime, inputs, parameters });
    await close();
    const input = (): typeof picture => float32(picture.shape, picture.data.slice());
    const expected = await loaded.run({ input: input() });
    expect(await streamed.run({ input: input() })).toEqual(expected);
    expect([...namedParameters(other)].filter(([, parameter]) => parameter.value)).toEqual([]);
    expect(leftBehind()).toEqual([]);
  });
});

test('a checkpoint that proves damaged while it is read is refused, and nothing is left behind', async () => {
  const path = join(folder, 'damaged.pth');
  const source = await files.open('net.pth');
  const bytes = (await source.read(0, source.size)).slice();
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  await using runtime = await nodeRuntime();
  const loading = load('mnasnet0_5', { weights: path, platform: nodePlatform(), runtime });
  await expect(loading).rejects.toMatchObject({ code: 'format', message: expect.stringContaining('checksum') });
  expect(leftBehind()).toEqual([]);
  rmSync(path);
});

test('where the temporary folder cannot be written, programs stay in memory', async () => {
  process.env.TMPDIR = join(folder, 'missing');
  await using runtime = await nodeRuntime();
  await using program = await compile(net, { runtime, inputs });
  expect((await program.run({ input: picture })).logits?.shape).toEqual([1, 1000]);
  process.env.TMPDIR = folder;
});

test('values that are yet to be read cannot stand inside the model', async () => {
  const { parameters, close } = await openModelWeights(net, 'net.pth', { platform });
  expect(() => emitOnnx(inferenceGraph(net, { inputs }), { parameters })).toThrow('ask for an external file');
  await close();
});

/** `ocelli grad` and what `ocelli export` writes beside plain models, as scripts use them. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { buildCli, cli, type Result } from './built.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocelli-onnx-'));
  await buildCli();
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

async function expectDone(args: readonly string[]): Promise<Result> {
  const result = await cli(args);
  expect(result, result.stderr).toMatchObject({ status: 0 });
  return result;
}

describe('grad', () => {
  it('adds gradients and lists what goes in and out', async () => {
    await expectDone(['export', '--model', 'lenet5', '--dynamic', 'batch', '-o', at('lenet.onnx')]);
    const args = [
      'grad',
      at('lenet.onnx'),
      '--wrt',
      'input',
      '--of',
      'logits:top',
      '--dim',
      'batch=2',
      '-o',
      at('saliency.onnx'),
    ];
    const { stdout, stderr } = await expectDone(args);
    expect(stderr).toBe('');
    const [first, ...rest] = stdout.trimEnd().split('\n');
    expect(first).toMatch(/saliency\.onnx {2}\d+ kB/);
    expect(rest).toEqual([
      '  in   input       float32 [2, 1, 28, 28]',
      '  out  logits      float32 [2, 10]',
      '  out  grad:input  float32 [2, 1, 28, 28]',
    ]);
    const session = await ort.InferenceSession.create(at('saliency.onnx'));
    const input = new ort.Tensor('float32', new Float32Array(2 * 784).fill(0.5), [2, 1, 28, 28]);
    const { 'grad:input': gradient } = await session.run({ input });
    expect(Array.from((gradient as ort.Tensor).data as Float32Array).some((value) => value !== 0)).toBe(true);
    await session.release();
  });

  it.each([
    [['--wrt', 'inputs'], 2, /no value "inputs"/],
    [['--wrt', 'input', '--of', 'logits:10'], 2, /10 classes along axis 1, numbered from 0; 10 came/],
    [['--wrt', 'input', '--dim', 'batch'], 2, /must be like batch=1/],
    [['--wrt', 'input,'], 2, /names with commas/],
    [['--wrt', 'input', '--dim', 'size=3'], 2, /no open dim "size"; it has "batch"/],
  ] as const)('%j', async (args, status, message) => {
    const result = await cli(['grad', at('lenet.onnx'), ...args, '-o', at('never.onnx')]);
    expect(result).toMatchObject({ status, stderr: expect.stringMatching(message) });
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('refuses what is no model', async () => {
    const source = new URL('../../package.json', import.meta.url).pathname;
    const result = await cli(['grad', source, '--wrt', 'x', '-o', at('never.onnx')]);
    expect(result).toMatchObject({ status: 1, stderr: expect.stringMatching(/no ONNX model/) });
    expect(await cli(['grad', at('gone.onnx'), '--wrt', 'x', '-o', at('never.onnx')])).toMatchObject({ status: 1 });
  });
});

test('export --preprocess takes pictures of any size', async () => {
  const { stderr } = await expectDone(['export', '--model', 'lenet5', '--preprocess', '--portable', '-o', at('pictures.onnx')]);
  expect(stderr).toMatch(/uint8 \[N, H, W, 3\]: short side to 28 \(bilinear\), center crop 28x28, GRAY/);
  const session = await ort.InferenceSession.create(at('pictures.onnx'));
  for (const [height, width] of [
    [40, 60],
    [133, 31],
  ] as const) {
    const input = new ort.Tensor('uint8', new Uint8Array(height * width * 3).fill(200), [1, height, width, 3]);
    expect((await session.run({ input })).logits?.dims).toEqual([1, 10]);
  }
  await session.release();
});

test('export --train writes a step, its description and its first state', async () => {
  const args = ['export', '--model', 'lenet5', '--train', '--batch', '4', '--optimizer', 'rmsprop', '--label-smoothing', '0.1'];
  const { stdout } = await expectDone([...args, '-o', at('step.onnx')]);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/.*[/\\](.*?) {2}.*/, '$1')),
  ).toEqual(['step.onnx', 'step.json', 'step.safetensors']);
  const description = JSON.parse(await readFile(at('step.json'), 'utf8')) as { files: object; state: { input: string }[] };
  expect(description).toMatchObject({
    files: { model: 'step.onnx', state: 'step.safetensors' },
    optimizer: { optimizer: 'rmsprop' },
  });
  const { stdout: listed } = await expectDone(['weights', 'inspect', at('step.safetensors')]);
  expect(listed).toContain('conv1.weight');
});

test.each([
  [['--train', '--preprocess'], /--train takes batches of one size/],
  [['--train', '--dynamic', 'batch'], /--train takes batches of one size/],
  [['--train', '--finetune'], /name --weights and --num-classes/],
  [['--train', '--optimizer', 'sgdm'], /one of sgd, rmsprop/],
  [['--momentum', '0.9'], /--momentum is for --train/],
  [['--weight-decay', '0.1'], /--weight-decay is for --train/],
  [['--preprocess', '--size', '64'], /leave out --size/],
  [['--preprocess', '--dynamic', 'height'], /leave out --size/],
])('export %j is wrong use', async (args, message) => {
  const result = await cli(['export', '--model', 'lenet5', ...args, '-o', at('never.onnx')]);
  expect(result).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
});

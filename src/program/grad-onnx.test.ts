/** Gradients added to ONNX models: what can be asked for, and what is refused. */
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { float32, int64, type Tensor } from '../base/tensor.ts';
import { GraphBuilder } from '../compiler/ir/builder.ts';
import { emitOnnx } from '../compiler/onnx/emit.ts';
import * as f from '../compiler/ops/functions.ts';
import { shapeRules } from '../compiler/ops/table.ts';
import { type GradOnnxOptions, gradOnnx } from './grad-onnx.ts';

/** logits[n] = x[n] · Wᵀ with W = [[1, 2], [3, 4], [-1, 0]]; squares of x; and the class of each row. */
function linearModel(): Uint8Array {
  const builder = new GraphBuilder(shapeRules);
  const x = builder.input('x', { dtype: 'float32', shape: ['N', 2] });
  const weight = builder.parameter('weight', { dtype: 'float32', shape: [3, 2] });
  const logits = f.linear(x, weight);
  const graph = builder.build([
    { name: 'logits', value: logits },
    { name: 'squares', value: f.square(x) },
    { name: 'class', value: f.argMax(logits, 1) },
  ]);
  const parameters = new Map([['weight', float32([3, 2], [1, 2, 3, 4, -1, 0])]]);
  return emitOnnx(graph, { parameters }).model;
}

const x = float32([2, 2], [1, 2, -3, 1]);

async function run(
  options: Partial<GradOnnxOptions>,
  more: Readonly<Record<string, Tensor>> = {},
): Promise<Record<string, number[]>> {
  const { model } = await gradOnnx(linearModel(), { wrt: ['x'], ...options });
  const session = await ort.InferenceSession.create(model);
  const feeds = Object.entries({ x, ...more }).map(([name, { dtype, data, shape }]) => [
    name,
    new ort.Tensor(dtype as 'float32', data as Float32Array, shape),
  ]);
  const outputs = await session.run(Object.fromEntries(feeds) as Record<string, ort.Tensor>);
  await session.release();
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data as Float32Array, Number)]));
}

describe('what is differentiated', () => {
  it('all elements of the first output, beside the outputs that were there', async () => {
    const outputs = await run({ wrt: ['x', 'weight'] });
    expect(Object.keys(outputs)).toEqual(['logits', 'squares', 'class', 'grad:x', 'grad:weight']);
    expect(outputs['grad:x']).toEqual([3, 6, 3, 6]);
    expect(outputs['grad:weight']).toEqual([-2, 3, -2, 3, -2, 3]);
    expect(outputs.logits).toEqual([5, 11, -1, -1, -5, 3]);
  });

  it('one class', async () => {
    expect((await run({ of: 'logits:1' }))['grad:x']).toEqual([3, 4, 3, 4]);
  });

  it("each row's largest class", async () => {
    expect((await run({ of: 'logits:top' }))['grad:x']).toEqual([3, 4, -1, 0]);
  });

  it('the class that is fed', async () => {
    const outputs = await run({ of: 'logits:class' }, { 'class:logits': int64([2], [0, 2]) });
    expect(outputs['grad:x']).toEqual([1, 2, -1, 0]);
  });

  it('elements weighed by a seed', async () => {
    const seed = float32([2, 3], [1, 0, 2, 0, 0, 0]);
    expect((await run({ of: 'logits', seed: true }, { 'seed:logits': seed }))['grad:x']).toEqual([-1, 2, 0, 0]);
  });

  it('another output, and values made visible', async () => {
    const outputs = await run({ of: 'squares', expose: ['logits'] });
    expect(outputs['grad:x']).toEqual([2, 4, -6, 2]);
    expect(Object.keys(outputs)).toEqual(['logits', 'squares', 'class', 'grad:x']);
  });

  it('a name with a colon in it comes before a class', async () => {
    const builder = new GraphBuilder(shapeRules);
    const input = builder.input('in:0', { dtype: 'float32', shape: [1, 2] });
    const { model } = emitOnnx(builder.build([{ name: 'out:0', value: f.square(input) }]));
    const { outputs } = await gradOnnx(model, { wrt: ['in:0'], of: 'out:0' });
    expect(outputs.map(({ name }) => name)).toEqual(['out:0', 'grad:in:0']);
  });

  it('says what goes in and out', async () => {
    const { inputs, outputs } = await gradOnnx(linearModel(), { wrt: ['x'], of: 'logits:class', dims: { N: 4 } });
    expect(inputs).toEqual([
      { name: 'x', dtype: 'float32', shape: [4, 2] },
      { name: 'class:logits', dtype: 'int64', shape: [4] },
    ]);
    expect(outputs.at(-1)).toEqual({ name: 'grad:x', dtype: 'float32', shape: [4, 2] });
  });
});

describe('what is refused', () => {
  it.each([
    [{ wrt: [] }, /names nothing/],
    [{ wrt: ['y'] }, /no value "y"; some of its values are "x", "weight"/],
    [{ of: 'logit' }, /no value "logit" to differentiate/],
    [{ of: 'logits:3' }, /3 classes along axis 1, numbered from 0; 3 came/],
    [{ of: 'class' }, /"class" is int64\[N\]; only floating point/],
    [{ of: 'logits:top', seed: true }, /exclude each other/],
    [{ wrt: ['class'] }, /"class" is int64/],
    [{ wrt: ['weight'], of: 'squares' }, /"squares" does not depend on "weight"/],
    [{ expose: ['gone'] }, /no value "gone"/],
    [{ sead: true } as object, /unknown option "sead"/],
  ])('%j', async (options, message) => {
    const refused = gradOnnx(linearModel(), { wrt: ['x'], ...options });
    await expect(refused).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(message) });
  });
});

it('a size that a gradient needs is asked for', async () => {
  const builder = new GraphBuilder(shapeRules);
  const input = builder.input('x', { dtype: 'float32', shape: ['N', 3, 'side', 8] });
  const { model } = emitOnnx(builder.build([{ name: 'y', value: f.maxPool(input, { kernel: 2 }) }]));
  const message = /maxPoolGrad .* "side" is named; give it a size, on the command line --dim side=224/;
  await expect(gradOnnx(model, { wrt: ['x'] })).rejects.toMatchObject({ code: 'shape', message: expect.stringMatching(message) });
  const { outputs } = await gradOnnx(model, { wrt: ['x'], dims: { side: 6 } });
  expect(outputs.at(-1)).toEqual({ name: 'grad:x', dtype: 'float32', shape: ['N', 3, 6, 8] });
});

it('weights of other files are read when they are needed', async () => {
  const builder = new GraphBuilder(shapeRules);
  const input = builder.input('x', { dtype: 'float32', shape: [1, 80] });
  const weight = builder.parameter('weight', { dtype: 'float32', shape: [2, 80] });
  const graph = builder.build([{ name: 'y', value: f.linear(input, weight) }]);
  const values = float32(
    [2, 80],
    Array.from({ length: 160 }, (_, i) => i),
  );
  const onnx = emitOnnx(graph, { parameters: new Map([['weight', values]]), externalFile: 'weights.bin' });
  const parts: Uint8Array[] = [];
  for await (const part of onnx.external?.parts() ?? []) parts.push(part);
  const reads: string[] = [];
  const external = async (file: string, offset: number, length: number): Promise<Uint8Array> => {
    reads.push(`${file} ${offset} ${length}`);
    return Buffer.concat(parts).subarray(offset, offset + length);
  };
  const { model } = await gradOnnx(onnx.model, { wrt: ['x'], of: 'y:1', external });
  expect(reads).toEqual(['weights.bin 0 640']);
  const session = await ort.InferenceSession.create(model);
  const outputs = await session.run({ x: new ort.Tensor('float32', new Float32Array(80), [1, 80]) });
  expect(Array.from(outputs['grad:x']?.data as Float32Array)).toEqual(Array.from(values.data.subarray(80)));
  await session.release();
});

/** An exported training step, run by plain ONNX Runtime as its description says, is Ocelli's own training. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Tensor, tensor } from '../../src/base/tensor.ts';
import type { Value } from '../../src/compiler/ir/graph.ts';
import { getModel } from '../../src/models/registry.ts';
import { initialize } from '../../src/nn/state-dict.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import { type ExportTrainingOptions, exportTraining } from '../../src/program/export-training.ts';
import { drawMasks } from '../../src/program/masks.ts';
import { compileTraining } from '../../src/program/training.ts';
import { traceTrainingStep } from '../../src/program/training-graph.ts';
import { initialState } from '../../src/program/training-state.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import { adamw, crossEntropy, sgd, type Trainable, writeTrainingStep } from '../../src/train/index.ts';
import { fill } from '../gradients/fill.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ocelli-step-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function trainable(name: string): Promise<Trainable> {
  const model = (await getModel(name)) as Trainable;
  initialize(model);
  return model;
}

function stepOf(shape: readonly number[], more: Partial<ExportTrainingOptions> = {}): ExportTrainingOptions {
  return {
    inputs: { input: { dtype: 'float32', shape } },
    targets: { target: { dtype: 'int64', shape: shape.slice(0, 1) } },
    loss: (logits, { target }) => crossEntropy(logits, target as Value, { labelSmoothing: 0.1 }),
    optimizer: sgd({ momentum: 0.9, weightDecay: 1e-4 }),
    ...more,
  };
}

const feedsAt = (step: number, shape: readonly number[]): Record<string, Tensor> => ({
  input: fill(`input${step}`, { shape }),
  target: fill(`target${step}`, { shape: shape.slice(0, 1), dtype: 'int64', low: 0, high: 10 }),
  learningRate: tensor('float32', [], Float32Array.of(0.01)),
});

function asOrt(values: Readonly<Record<string, Tensor>>): Record<string, ort.Tensor> {
  const entries = Object.entries(values);
  return Object.fromEntries(
    entries.map(([name, { dtype, data, shape }]) => [name, new ort.Tensor(dtype as 'float32', data as Float32Array, shape)]),
  );
}

describe('a step run by its description alone', () => {
  it('moves weights, statistics and the optimizer as Ocelli does, to the bit', async () => {
    const shape = [4, 3, 32, 32];
    const options = stepOf(shape, { optimizer: adamw({ weightDecay: 0.01 }), ema: { decay: 0.9 }, portable: true });
    const { portable: _, ...traced } = options;
    const model = await trainable('efficientnet_mini');
    const { onnx, description, state: stored } = exportTraining(model, options);
    const { state: tensors, masks } = traceTrainingStep(model, traced);
    expect(masks.length).toBeGreaterThan(0);
    const first = initialState(tensors, stored as ReadonlyMap<string, Tensor>);

    await using runtime = await nodeRuntime();
    await using program = await compileTraining(model, { ...options, runtime });
    const session = await ort.InferenceSession.create(onnx.model, { graphOptimizationLevel: 'disabled' });
    expect(session.inputNames.length).toBe(description.inputs.length + description.state.length);
    let state = asOrt(first);
    for (let step = 0; step < 3; step++) {
      const outputs = await session.run({ ...state, ...asOrt({ ...feedsAt(step, shape), ...drawMasks(masks, 0, step) }) });
      state = Object.fromEntries(description.state.map(({ input, output }) => [input, outputs[output] as ort.Tensor]));
      expect(outputs.loss?.data[0]).toBe((await program.step(feedsAt(step, shape))).loss);
    }
    const own = await program.read();
    expect(Object.keys(own).sort()).toEqual(Object.keys(state).sort());
    for (const [name, { data }] of Object.entries(own)) expect(state[name]?.data, name).toEqual(data);
    await session.release();

    // ONNX Runtime's own optimizations, which nobody need turn off, keep its meaning.
    const optimized = await ort.InferenceSession.create(onnx.model);
    const { loss } = await optimized.run({ ...asOrt(first), ...asOrt({ ...feedsAt(0, shape), ...drawMasks(masks, 0, 0) }) });
    const again = await compileTraining(model, { ...options, runtime });
    expect(Math.abs(Number(loss?.data[0]) - (await again.step(feedsAt(0, shape))).loss)).toBeLessThan(1e-5);
    await again.dispose();
    await optimized.release();
  });

  it('describes what goes in and out', async () => {
    const { description } = exportTraining(await trainable('lenet5'), stepOf([2, 1, 28, 28], { expose: { output: true } }));
    expect(description).toMatchObject({ format: 'ocelli-training-step', version: 1, opset: 17, accumulate: 1 });
    expect(description.inputs.map(({ name, role, dtype, shape }) => ({ name, role, dtype, shape }))).toEqual([
      { name: 'input', role: 'input', dtype: 'float32', shape: [2, 1, 28, 28] },
      { name: 'target', role: 'target', dtype: 'int64', shape: [2] },
      { name: 'learningRate', role: 'scalar', dtype: 'float32', shape: [] },
    ]);
    expect(description.outputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['loss', []],
      ['output', [2, 10]],
    ]);
    expect(description.optimizer).toMatchObject({ optimizer: 'sgd', momentum: 0.9 });
    for (const { input, output, kind, initial } of description.state) {
      expect(output).toBe(`next:${input}`);
      expect([kind, initial]).toEqual(input.startsWith('momentum:') ? ['optimizer', 'zeros'] : ['model', 'file']);
    }
  });
});

describe('the example, without Ocelli', () => {
  const run = promisify(execFile);
  const example = new URL('../../examples/train-exported.mjs', import.meta.url).pathname;

  it.each([
    ['lenet5', [16, 1, 28, 28], 'onnxruntime-web', 40],
    ['lenet5', [16, 1, 28, 28], 'onnxruntime-node', 40],
    ['efficientnet_mini', [8, 3, 32, 32], 'onnxruntime-node', 20],
  ] as const)('lowers the loss of %s %j on %s in %i steps', async (name, shape, runtime, steps) => {
    const file = join(folder, `${name}.onnx`);
    const files = await writeTrainingStep(exportTraining(await trainable(name), stepOf(shape)), file, {
      platform: nodePlatform(),
    });
    expect(JSON.parse(readFileSync(files.description, 'utf8'))).toMatchObject({
      files: { model: `${name}.onnx`, state: `${name}.safetensors` },
    });
    const { stdout } = await run(process.execPath, [example, file, runtime, `${steps}`]);
    const losses = JSON.parse(stdout.trim().split('\n').at(-1) as string) as number[];
    const mean = (part: readonly number[]): number => part.reduce((sum, loss) => sum + loss, 0) / part.length;
    console.log(
      `${name} on ${runtime}: loss ${mean(losses.slice(0, 5)).toFixed(3)} at first, ${mean(losses.slice(-5)).toFixed(3)} at last`,
    );
    expect(mean(losses.slice(-5))).toBeLessThan(0.8 * mean(losses.slice(0, 5)));
  });
});

/**
 * CapsuleNet against torch run beside it: routing of odd sizes and numbers of iterations with its gradients, whole models of other
 * pictures than the goldens', and a training step with the margin loss and the decoder: every value of loss, gradients and weights
 * within 5 times torch's own float32-float64 gap.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomUniform, streamKey } from '../../src/base/random.ts';
import { float32, int64, type Tensor } from '../../src/base/tensor.ts';
import type { Value } from '../../src/compiler/ir/graph.ts';
import { ClassCapsules } from '../../src/models/classification/capsnet/layers.ts';
import { type CapsNet, capsnet } from '../../src/models/classification/capsnet.ts';
import { mul, sum } from '../../src/nn/functional.ts';
import { namedParameters } from '../../src/nn/module.ts';
import { compile } from '../../src/program/compile.ts';
import { compileTraining, type TrainingProgram } from '../../src/program/training.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { lossOf } from '../../src/train/loss-of.ts';
import { sgd } from '../../src/train/optimizers/sgd.ts';
import { fill, pictures } from './fill.ts';
import { compare, Torch, type TorchTensor, whyNoTorch } from './python.ts';

type Answer = ReadonlyMap<string, TorchTensor>;

/** As in capsnet.py. */
const LEARNING_RATE = 0.1;

const reason = whyNoTorch();
if (reason) console.log(`Live parity of capsules is skipped: ${reason}`);

describe.skipIf(reason)('capsules equal torch live', () => {
  let runtime: Runtime;
  let torch: Torch;
  beforeAll(async () => {
    runtime = await nodeRuntime();
    torch = new Torch('capsnet.py');
  });
  afterAll(async () => {
    torch.close();
    await runtime.dispose();
  });

  const sizes = [
    { count: 1, shape: [37, 8, 10, 16] },
    { count: 3, shape: [129, 5, 3, 7] },
    { count: 3, shape: [1152, 8, 10, 16] },
  ] as const;
  const routings = sizes.flatMap((size) => [1, 2, 3, 5].map((iterations) => ({ ...size, iterations })));
  it.each(routings)('routing of $count pictures, $shape, $iterations iterations', async ({ count, shape, iterations }) => {
    const expected = await torch.ask({ routing: shape, pictures: count, iterations });
    const [below, length, classes, out] = shape;
    const layer = new ClassCapsules(below, length, classes, out, iterations);
    layer.weight.value = fill('weight', shape, [-1, 1]);
    const u = fill('u', [count, below, length], [-0.5, 0.5]);
    const v = expected.get('v')?.value.data as Float64Array;
    for (const portable of [false, true]) {
      await using program = await compile(layer, { runtime, portable, inputs: { u: u }, output: 'v' });
      const result = (await program.run({ u: float32(u.shape, u.data) })).v?.data as Float32Array;
      expect(Math.max(...result.map((value, i) => Math.abs(value - (v[i] as number))))).toBeLessThan(1e-5);
      await using step = await compileTraining(layer, {
        runtime,
        portable,
        inputs: { u },
        targets: { weights: { dtype: 'float32', shape: [count, classes, out] } },
        loss: (output, { weights }) => sum(mul(output, weights as Value)),
        optimizer: sgd(),
        expose: { output: true, gradients: true },
      });
      const weights = fill('weights', [count, classes, out], [-1, 1]);
      const { outputs } = await step.step({ u, weights, learningRate: float32([], [0]) });
      judge({ v: outputs.output as Tensor, 'grad:weight': outputs['grad:weight'] as Tensor }, expected);
    }
  });

  const models = [
    { picture: [3, 32, 32], count: 3, classes: 10, iterations: 3 },
    { picture: [1, 28, 28], count: 1, classes: 10, iterations: 1 },
    { picture: [2, 21, 34], count: 3, classes: 4, iterations: 5 },
  ] as const;
  it.each(models)('$picture, $count pictures, $iterations iterations', async ({ picture, count, classes, iterations }) => {
    const expected = await torch.ask({ model: picture, classes, pictures: count, iterations });
    const [inChannels, ...imageSize] = picture;
    const net = capsnet({ inChannels, imageSize, numClasses: classes, routingIterations: iterations });
    take(net, expected);
    const shape = [count, ...picture] as const;
    for (const portable of [false, true]) {
      const inputs = { input: { dtype: 'float32', shape: ['N', ...picture] } } as const;
      await using program = await compile(net, { runtime, portable, inputs, features: ['capsules', 'decoder'] });
      judge(await program.run({ input: pictures('input', shape) }), expected);
    }
  });

  it('a training step', async () => {
    const count = 4;
    const expected = await torch.ask({ step: count });
    const draw = Number(expected.get('draw')?.value.data[0]);
    const net = capsnet();
    take(net, expected);
    const input = pictures(`input:${draw}`, [count, 1, 28, 28]);
    input.data.forEach((value, i) => {
      input.data[i] = Math.fround(value / 4) + 0.5;
    });
    const key = streamKey(0, `target:${draw}`);
    const target = int64(
      [count],
      Array.from({ length: count }, (_, i) => Math.floor(randomUniform(key, i) * 10)),
    );
    for (const portable of [false, true]) {
      await using program = await compileTraining(net, {
        runtime,
        portable,
        ...lossOf(net),
        inputs: { input },
        targets: { target },
        optimizer: sgd(),
        expose: { gradients: true },
      });
      judge(await resultsOf(program, { input, target, learningRate: float32([], [LEARNING_RATE]) }), expected);
    }
  });
});

async function resultsOf(program: TrainingProgram, feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
  const { outputs } = await program.step(feeds);
  const state = Object.entries(await program.read()).map(([name, value]) => [`next:${name}`, value] as const);
  return { ...outputs, ...Object.fromEntries(state) };
}

/** Gives the model torch's values. */
function take(net: CapsNet, answer: Answer): void {
  for (const [path, parameter] of namedParameters(net)) parameter.value = answer.get(`state:${path}`)?.value;
}

/** Everything is within the tolerance; prints how far in it. */
function judge(results: Readonly<Record<string, Tensor>>, expected: Answer): void {
  const errors = Object.entries(results).map(([name, result]) => {
    const torchs = expected.get(name);
    if (!torchs) throw new Error(`torch gave no ${name}`);
    return [name, compare(result, torchs).error] as const;
  });
  const [name, worst] = errors.reduce((a, b) => (b[1] > a[1] ? b : a));
  console.log(`worst of ${errors.length}: ${worst.toFixed(2)} tolerances (${name})`);
  expect(errors.filter(([, error]) => !(error <= 1))).toEqual([]);
}

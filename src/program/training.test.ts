/** Training steps that run: reproducible, with running statistics, frozen parts and refusals. */
import { describe, expect, it } from 'vitest';
import { float32, int64, type Tensor } from '../base/tensor.ts';
import type { Value } from '../compiler/ir/graph.ts';
import { mean, relu } from '../nn/functional.ts';
import { BatchNorm2d } from '../nn/layers/batch-norm.ts';
import { Conv2d } from '../nn/layers/conv.ts';
import { Linear } from '../nn/layers/linear.ts';
import { crossEntropy } from '../nn/losses/cross-entropy.ts';
import { Module } from '../nn/module.ts';
import { freeze, initialize } from '../nn/state-dict.ts';
import { nodeRuntime } from '../runtime/ort-node.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { sgd } from '../train/optimizers/sgd.ts';
import { compileTraining, type TrainingProgram } from './training.ts';

/** Two convolutions with batch norms of 24 and 8 channels: more and fewer than the constants that are shared. */
class Net extends Module {
  readonly conv1 = new Conv2d(3, 24, 3, { padding: 1, bias: false });
  readonly bn1 = new BatchNorm2d(24);
  readonly conv2 = new Conv2d(24, 8, 3, { stride: 2, bias: false });
  readonly bn2 = new BatchNorm2d(8);
  readonly fc = new Linear(8, 4);

  protected override forward(x: Value): Value {
    const y = relu(this.bn1.call(this.conv1.call(x)));
    return this.fc.call(mean(relu(this.bn2.call(this.conv2.call(y))), [2, 3]));
  }
}

const input = float32(
  [4, 3, 9, 11],
  Float32Array.from({ length: 4 * 3 * 99 }, (_, i) => Math.sin(i * 1.7) + Math.cos(i * i * 0.3)),
);
const target = int64([4], [0, 1, 2, 3]);
const feeds = { input, target, learningRate: float32([], [0.1]) };

const numbers = ({ data }: Tensor): number[] => Array.from<number | bigint, number>(data, Number);

function start(net: Net, runtime: Runtime): Promise<TrainingProgram> {
  return compileTraining(net, {
    runtime,
    inputs: { input: { dtype: 'float32', shape: [4, 3, 9, 11] } },
    targets: { target: { dtype: 'int64', shape: [4] } },
    loss: (output, targets) => crossEntropy(output, targets.target as Value),
    optimizer: sgd({ momentum: 0.9, weightDecay: 1e-4 }),
  });
}

async function run(runtime: Runtime, steps: number): Promise<{ losses: number[]; state: Record<string, Tensor> }> {
  const net = new Net();
  initialize(net, { seed: 3 });
  const program = await start(net, runtime);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push((await program.step(feeds)).loss);
  const state = await program.read();
  await program.dispose();
  return { losses, state };
}

describe('a training program', () => {
  it('lowers the loss', async () => {
    const { losses } = await run(await nodeRuntime(), 12);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 2);
  });

  it('gives the same state to the last bit in a second run and when ONNX Runtime optimizes the graph', async () => {
    const plain = await nodeRuntime();
    const optimizing: Runtime = { ...plain, load: (source, options) => plain.load(source, { ...options, optimize: true }) };
    const [first, second, third] = [await run(plain, 6), await run(plain, 6), await run(optimizing, 6)];
    expect(second).toEqual(first);
    for (const [name, value] of Object.entries(first.state)) {
      const other = third.state[name] as Tensor;
      expect(numbers(other), name).toEqual(numbers(value).map((x) => expect.closeTo(x, 3) as unknown));
    }
  });

  it('writes its results into the model', async () => {
    const net = new Net();
    await using program = await start(net, await nodeRuntime());
    const before = net.fc.weight.value;
    await program.step(feeds);
    expect(net.fc.weight.value).toBe(before);
    await program.updateModel();
    expect(net.fc.weight.value).not.toEqual(before);
    expect(net.bn1.num_batches_tracked.value?.data[0]).toBe(1n);
  });

  it('leaves frozen parameters alone', async () => {
    const net = new Net();
    freeze(net.conv1);
    await using program = await start(net, await nodeRuntime());
    expect(program.training.state.map(({ input: name }) => name)).not.toContain('conv1.weight');
    await program.step(feeds);
    freeze(net);
    await expect(start(net, await nodeRuntime())).rejects.toThrow(/every parameter is frozen/);
  });

  it('updates a batch norm that runs twice once for each run', async () => {
    class Twice extends Net {
      protected override forward(x: Value): Value {
        return this.fc.call(mean(this.bn2.call(this.bn2.call(this.conv2.call(this.bn1.call(this.conv1.call(x))))), [2, 3]));
      }
    }
    const runtime = await nodeRuntime();
    await using program = await start(new Twice(), runtime);
    await program.step(feeds);
    const state = await program.read(['bn1.num_batches_tracked', 'bn2.num_batches_tracked']);
    expect(Object.values(state).map(({ data }) => Number(data[0]))).toEqual([1, 2]);
  });

  it('refuses a loss that is no scalar, and unknown options', async () => {
    const runtime = await nodeRuntime();
    const options = {
      runtime,
      inputs: { input: { dtype: 'float32', shape: [4, 3, 9, 11] } },
      targets: {},
      loss: (output: Value) => output,
      optimizer: sgd(),
    } as const;
    await expect(compileTraining(new Net(), options)).rejects.toThrow('the loss must be a scalar, float32[4, 4] came');
    await expect(compileTraining(new Net(), { ...options, sede: 1 } as typeof options)).rejects.toThrow('unknown option "sede"');
  });
});

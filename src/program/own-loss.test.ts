/** Losses of more than the output: auxiliary heads, and modules that only the loss calls. */
import { describe, expect, it } from 'vitest';
import { float32, int64, type Tensor } from '../base/tensor.ts';
import type { Value } from '../compiler/ir/graph.ts';
import { add, cast, flatten, mean, mul, oneHot, relu } from '../nn/functional.ts';
import { BatchNorm2d } from '../nn/layers/batch-norm.ts';
import { Conv2d } from '../nn/layers/conv.ts';
import { Dropout } from '../nn/layers/dropout.ts';
import { Linear } from '../nn/layers/linear.ts';
import { Sequential } from '../nn/layers/sequential.ts';
import { crossEntropy } from '../nn/losses/cross-entropy.ts';
import { mse } from '../nn/losses/mse.ts';
import { Module } from '../nn/module.ts';
import { initialize, stateDict } from '../nn/state-dict.ts';
import { replaceHead } from '../nn/surgery.ts';
import { trace } from '../nn/trace.ts';
import { traceOf } from '../nn/trace-context.ts';
import { auxiliaryLoss, type StepLoss, type TrainingLoss } from '../nn/training-loss.ts';
import { nodeRuntime } from '../runtime/ort-node.ts';
import { lossOf } from '../train/loss-of.ts';
import { sgd } from '../train/optimizers/sgd.ts';
import { exportTraining } from './export-training.ts';
import { compileTraining, type TrainingProgram } from './training.ts';
import { traceTrainingStep } from './training-graph.ts';

class Head extends Module {
  readonly norm = new BatchNorm2d(6);
  readonly fc = new Linear(6, 3);

  protected override forward(x: Value): Value {
    return this.fc.call(mean(this.norm.call(x), [2, 3]));
  }
}

/** A head in the middle, and a decoder that forward leaves alone. */
class Net extends Module {
  readonly conv1 = new Conv2d(1, 6, 3, { padding: 1 });
  readonly aux = new Head();
  readonly conv2 = new Conv2d(6, 6, 3, { padding: 1 });
  readonly decoder = new Sequential(new Linear(3, 8), new Dropout({ p: 0.5 }), new Linear(8, 16));
  readonly fc = new Linear(6, 3);

  protected override forward(x: Value): Value {
    const y = relu(this.conv1.call(x));
    if (traceOf(y).wants(this.aux)) this.aux.call(y);
    return this.fc.call(mean(relu(this.conv2.call(y)), [2, 3]));
  }

  override trainingLoss(): TrainingLoss {
    return auxiliaryLoss({ aux: 0.3 }, ['aux.fc']);
  }
}

const inputs = { input: { dtype: 'float32', shape: [4, 1, 4, 4] } } as const;
const targets = { target: { dtype: 'int64', shape: [4] } } as const;
const feeds = {
  input: float32(
    [4, 1, 4, 4],
    Float32Array.from({ length: 64 }, (_, i) => Math.sin(i * 1.7)),
  ),
  target: int64([4], [0, 1, 2, 0]),
  learningRate: float32([], [0.1]),
};
const main: StepLoss = (output, { target }) => crossEntropy(output, target as Value);
const ofAux: StepLoss = (_, { target }, { features }) => crossEntropy(features.aux as Value, target as Value);

/** Its logits, by the true class, to the picture. */
function reconstruction(net: Net): StepLoss {
  return (output, { target }, parts) => {
    const own = mul(output, cast(oneHot(target as Value, 3), 'float32'));
    return mse(net.decoder.call(own), flatten(parts.inputs.input as Value, 1));
  };
}

async function start(net: Net, loss: StepLoss, features: readonly string[]): Promise<TrainingProgram> {
  initialize(net, { seed: 2 });
  const expose = { gradients: true };
  return compileTraining(net, { runtime: await nodeRuntime(), inputs, targets, features, loss, optimizer: sgd(), expose });
}

const numbers = ({ data }: Tensor): number[] => Array.from<number | bigint, number>(data, Number);

describe('an auxiliary head', () => {
  it('is called when it or a part of it is wanted, in training and in inference', () => {
    const outputs = (features: readonly string[]): unknown =>
      trace(new Net(), { inputs, features }).outputs.map(({ name, value }) => [name, value.type.shape]);
    expect(outputs([])).toEqual([['output', [4, 3]]]);
    expect(outputs(['aux'])).toContainEqual(['aux', [4, 3]]);
    expect(outputs(['aux.norm'])).toContainEqual(['aux.norm', [4, 6, 4, 4]]);
    expect(trace(new Net(), { inputs }).parameters.map(({ name }) => name)).not.toContain('aux.fc.weight');
  });

  it('adds its gradients, weighted, to those of the output', async () => {
    await using both = await start(new Net(), lossOf(new Net()).loss, ['aux']);
    await using one = await start(new Net(), main, []);
    await using other = await start(new Net(), ofAux, ['aux']);
    const [sum, a, b] = [await both.step(feeds), await one.step(feeds), await other.step(feeds)];
    expect(sum.loss).toBeCloseTo(a.loss + 0.3 * b.loss, 6);
    const gradient = ({ outputs }: typeof sum): number[] => numbers(outputs['grad:conv1.weight'] as Tensor);
    const expected = gradient(a).map((x, i) => x + 0.3 * (gradient(b)[i] as number));
    expect(gradient(sum)).toEqual(expected.map((x) => expect.closeTo(x, 6) as unknown));
    expect(Object.keys(a.outputs)).not.toContain('grad:aux.fc.weight');
    expect(numbers((await both.read(['aux.norm.num_batches_tracked']))['aux.norm.num_batches_tracked'] as Tensor)).toEqual([1]);
  });

  it('is in exported steps, and a new head brings a new one', () => {
    const net = new Net();
    replaceHead(net, 2);
    expect([net.fc.outFeatures, net.aux.fc.outFeatures]).toEqual([2, 2]);
    const { description } = exportTraining(net, { inputs, targets, ...lossOf(net), optimizer: sgd() });
    expect(description.state.map(({ input }) => input)).toContain('aux.fc.weight');
  });

  it('is told when there is none', () => {
    const options = { inputs, targets, loss: main, optimizer: sgd() };
    expect(() => traceTrainingStep(new Net(), { ...options, features: ['aux2'] })).toThrow('there is no module "aux2"');
    expect(() => traceTrainingStep(new Net(), { ...options, features: ['decoder'] })).toThrow('module "decoder" gave no value');
    const named = { ...options, targets: { label: targets.target }, ...lossOf(new Net()) };
    expect(() => traceTrainingStep(new Net(), named)).toThrow('to have one called "target", they are label');
  });
});

describe('a module that only the loss calls', () => {
  it('is trained, with its random masks, and its buffers move', async () => {
    const net = new Net();
    const loss: StepLoss = (output, given, parts) => add(main(output, given, parts), reconstruction(net)(output, given, parts));
    await using program = await start(net, loss, []);
    expect(program.training.masks.map(({ name }) => name)).toEqual(['mask:decoder.1']);
    const losses: number[] = [];
    for (let i = 0; i < 30; i++) losses.push((await program.step(feeds)).loss);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) - 0.1);
    const before = new Map(stateDict(net));
    await program.updateModel();
    for (const key of ['decoder.0.weight', 'decoder.2.bias', 'conv1.weight']) {
      expect(stateDict(net).get(key), key).not.toEqual(before.get(key));
    }
  });

  it('moves its running statistics', async () => {
    const net = new Net();
    const loss: StepLoss = (output, given, parts) => {
      const again = net.aux.call(net.conv2.call(net.conv1.call(parts.inputs.input as Value)));
      return add(main(output, given, parts), crossEntropy(again, given.target as Value));
    };
    await using program = await start(net, loss, []);
    await program.step(feeds);
    const { 'aux.norm.running_mean': mean_ } = await program.read(['aux.norm.running_mean']);
    expect(Math.max(...numbers(mean_ as Tensor).map(Math.abs))).toBeGreaterThan(0);
  });
});

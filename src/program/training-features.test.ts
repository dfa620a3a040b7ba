/** What a training step does beside the update: accumulation, clipping, averages, counters, and resuming to the same bits. */
import { describe, expect, it } from 'vitest';
import { randomUniform, streamKey } from '../base/random.ts';
import { elementCount, float32, int64, type Tensor } from '../base/tensor.ts';
import type { Value } from '../compiler/ir/graph.ts';
import { add, mean, mul, relu } from '../nn/functional.ts';
import { BatchNorm2d } from '../nn/layers/batch-norm.ts';
import { Conv2d } from '../nn/layers/conv.ts';
import { Dropout } from '../nn/layers/dropout.ts';
import { Linear } from '../nn/layers/linear.ts';
import { crossEntropy } from '../nn/losses/cross-entropy.ts';
import { Module } from '../nn/module.ts';
import { initialize, stateDict } from '../nn/state-dict.ts';
import { nodeRuntime } from '../runtime/ort-node.ts';
import { adamw } from '../train/optimizers/adam.ts';
import { rmspropTensorFlow } from '../train/optimizers/rmsprop.ts';
import { sgd } from '../train/optimizers/sgd.ts';
import type { OptimizerRule } from './optimizer-rule.ts';
import { compileTraining, type TrainingProgram } from './training.ts';
import { type TrainingStepOptions, traceTrainingStep } from './training-graph.ts';
import { initialState } from './training-state.ts';

class Plain extends Module {
  readonly conv = new Conv2d(3, 8, 3, { padding: 1 });
  readonly fc = new Linear(8, 4);

  protected override forward(x: Value): Value {
    return this.fc.call(mean(relu(this.conv.call(x)), [2, 3]));
  }
}

/** With running statistics and random masks. */
class Net extends Plain {
  readonly norm = new BatchNorm2d(8);
  readonly dropout = new Dropout({ p: 0.5 });

  protected override forward(x: Value): Value {
    return this.fc.call(this.dropout.call(mean(relu(this.norm.call(this.conv.call(x))), [2, 3])));
  }
}

type StepFeatures = Pick<TrainingStepOptions, 'clipNorm' | 'accumulate' | 'ema' | 'expose'>;

function optionsOf(batch: number, optimizer: OptimizerRule, features: StepFeatures): TrainingStepOptions {
  return {
    inputs: { input: { dtype: 'float32', shape: [batch, 3, 6, 6] } },
    targets: { target: { dtype: 'int64', shape: [batch] } },
    loss: (output, targets) => crossEntropy(output, targets.target as Value),
    optimizer,
    ...features,
  };
}

async function start(
  model: Plain,
  batch: number,
  optimizer: OptimizerRule,
  features: StepFeatures = {},
  backend: 'native' | 'wasm' = 'native',
): Promise<TrainingProgram> {
  initialize(model, { seed: 3 });
  const runtime = await nodeRuntime({ backend });
  return compileTraining(model, { ...optionsOf(batch, optimizer, features), runtime, seed: 7 });
}

/** Pictures and classes `first` up to `first + count` of an endless row. */
function feedsOf(first: number, count: number, learningRate = 0.1): Record<string, Tensor> {
  const shape = [count, 3, 6, 6];
  const size = 3 * 36;
  const key = streamKey(0, 'pictures');
  const pictures = Float32Array.from({ length: elementCount(shape) }, (_, i) => 2 * randomUniform(key, first * size + i) - 1);
  return {
    input: float32(shape, pictures),
    target: int64(
      [count],
      Array.from({ length: count }, (_, i) => (first + i) % 4),
    ),
    learningRate: float32([], [learningRate]),
  };
}

const numbers = ({ data }: Tensor): number[] => Array.from<number | bigint, number>(data, Number);

function expectClose(actual: Readonly<Record<string, Tensor>>, expected: Readonly<Record<string, Tensor>>, digits: number): void {
  for (const [name, value] of Object.entries(expected)) {
    const got = numbers(actual[name] as Tensor);
    expect(got, name).toEqual(numbers(value).map((x) => expect.closeTo(x, digits) as unknown));
  }
}

describe('accumulation', () => {
  it('leaves weights and slots as they are until the last micro-batch, then takes the step of the whole batch', async () => {
    const keys = ['conv.weight', 'fc.bias', 'momentum:conv.weight', 'momentum:fc.bias'];
    await using whole = await start(new Plain(), 6, sgd({ momentum: 0.9 }));
    await using parts = await start(new Plain(), 2, sgd({ momentum: 0.9 }), { accumulate: 3 });
    for (let update = 0; update < 3; update++) {
      const before = await parts.read(keys);
      const losses: number[] = [];
      for (let part = 0; part < 3; part++) {
        expect(await parts.read(keys)).toEqual(before);
        losses.push((await parts.step(feedsOf(6 * update + 2 * part, 2))).loss);
      }
      const { loss } = await whole.step(feedsOf(6 * update, 6));
      expect((losses[0] as number) + (losses[1] as number) + (losses[2] as number)).toBeCloseTo(3 * loss, 5);
      expect(await parts.read(keys)).not.toEqual(before);
      expectClose(await parts.read(keys), await whole.read(keys), 6);
      const sums = await parts.read(['accumulated:conv.weight', 'counter:accumulated']);
      expect(
        Object.values(sums)
          .flatMap(numbers)
          .every((x) => x === 0),
      ).toBe(true);
    }
  });

  it('counts updates, not runs', async () => {
    await using program = await start(new Plain(), 2, adamw(), { accumulate: 2, ema: { decay: 0.5 } });
    for (let run = 0; run < 5; run++) await program.step(feedsOf(2 * run, 2));
    const counters = await program.read(['counter:optimizer', 'counter:ema', 'counter:accumulated']);
    expect(Object.values(counters).flatMap(numbers)).toEqual([2, 2, 1]);
    expect(program.stepCount).toBe(5);
  });

  it('moves running statistics in every run', async () => {
    await using program = await start(new Net(), 2, sgd(), { accumulate: 2 });
    await program.step(feedsOf(0, 2));
    const { 'norm.num_batches_tracked': count } = await program.read(['norm.num_batches_tracked']);
    expect(count?.data[0]).toBe(1n);
  });
});

describe('clipping', () => {
  const norm = (outputs: Readonly<Record<string, Tensor>>): number =>
    Math.hypot(
      ...Object.entries(outputs)
        .filter(([name]) => name.startsWith('grad:'))
        .flatMap(([, value]) => numbers(value)),
    );

  it('scales all gradients down to the norm, and gives the norm they had', async () => {
    const limit = 0.01;
    await using program = await start(new Plain(), 4, sgd(), { clipNorm: limit, expose: { gradients: true } });
    const before = await program.read();
    const { gradientNorm = 0, outputs } = await program.step(feedsOf(0, 4, 1));
    const after = await program.read();
    expect(gradientNorm).toBeCloseTo(norm(outputs), 5);
    expect(gradientNorm).toBeGreaterThan(5 * limit);
    const moves = Object.entries(after).flatMap(([name, value]) =>
      numbers(value).map((x, i) => x - (numbers(before[name] as Tensor)[i] as number)),
    );
    expect(Math.hypot(...moves)).toBeCloseTo(limit, 5);
  });

  it('leaves smaller gradients alone', async () => {
    await using clipped = await start(new Plain(), 4, sgd(), { clipNorm: 1e3 });
    await using free = await start(new Plain(), 4, sgd(), { expose: { gradientNorm: true } });
    const [one, other] = [await clipped.step(feedsOf(0, 4)), await free.step(feedsOf(0, 4))];
    expect(one.gradientNorm).toBe(other.gradientNorm);
    expect(await clipped.read()).toEqual(await free.read());
  });
});

describe('moving averages', () => {
  it('start as the first result, then follow weights and running statistics; integers are copied', async () => {
    await using program = await start(new Net(), 4, sgd(), { ema: { decay: 0.75 } });
    const own = program.training.state.filter(({ parameter }) => parameter).map(({ input }) => input);
    let averages: Record<string, number[]> = {};
    for (let step = 0; step < 3; step++) {
      await program.step(feedsOf(4 * step, 4));
      const values = await program.read(own);
      averages = Object.fromEntries(
        own.map((key) => {
          const before = averages[key];
          const now = numbers(values[key] as Tensor);
          return [
            key,
            before && key !== 'norm.num_batches_tracked' ? now.map((x, i) => 0.75 * (before[i] as number) + 0.25 * x) : now,
          ];
        }),
      );
      const state = await program.read(own.map((key) => `ema:${key}`));
      for (const key of own) {
        expect(numbers(state[`ema:${key}`] as Tensor), key).toEqual(averages[key]?.map((x) => expect.closeTo(x, 6) as unknown));
      }
    }
  });

  it('move with the weights when gradients accumulate', async () => {
    await using program = await start(new Net(), 2, sgd(), { accumulate: 2, ema: { decay: 0.5 } });
    const averages = async (): Promise<Record<string, Tensor>> => {
      const names = program.training.state.map(({ input }) => input).filter((name) => name.startsWith('ema:'));
      return program.read(names);
    };
    const steps = [await averages()];
    for (let run = 0; run < 4; run++) {
      await program.step(feedsOf(2 * run, 2));
      steps.push(await averages());
    }
    expect(steps[1]).toEqual(steps[0]);
    expect(steps[3]).toEqual(steps[2]);
    expect(steps[2]).not.toEqual(steps[1]);
    expect(steps[4]).not.toEqual(steps[3]);
  });

  it('can be what the model gets', async () => {
    const net = new Net();
    await using program = await start(net, 4, sgd(), { ema: { decay: 0.9 } });
    for (let step = 0; step < 2; step++) await program.step(feedsOf(4 * step, 4));
    await program.updateModel({ ema: true });
    expect(net.fc.weight.value).toEqual((await program.read(['ema:fc.weight']))['ema:fc.weight']);
    await using none = await start(new Net(), 4, sgd());
    await expect(none.updateModel({ ema: true })).rejects.toThrow('there are no moving averages');
  });
});

describe('resuming', () => {
  it.each([
    ['sgd', 'native', sgd({ momentum: 0.9, dampening: 0.1 })],
    ['rmsprop', 'native', rmspropTensorFlow({ momentum: 0.9 })],
    ['adamw', 'native', adamw({ amsgrad: true })],
    ['adamw', 'wasm', adamw({ amsgrad: true })],
  ] as const)('%s goes on to the same bits, in the middle of an accumulation, %s', async (_, backend, optimizer) => {
    const features = { accumulate: 2, clipNorm: 0.5, ema: { decay: 0.9 } };
    await using whole = await start(new Net(), 4, optimizer, features, backend);
    for (let run = 0; run < 3; run++) await whole.step(feedsOf(4 * run, 4, 0.01));
    const saved = await whole.read();
    await using resumed = await start(new Net(), 4, optimizer, features, backend);
    await resumed.write(saved);
    resumed.stepCount = whole.stepCount;
    for (let run = 3; run < 8; run++) {
      const losses = [await whole.step(feedsOf(4 * run, 4, 0.01)), await resumed.step(feedsOf(4 * run, 4, 0.01))];
      expect(losses[1]?.loss).toBe(losses[0]?.loss);
    }
    expect(await resumed.read()).toEqual(await whole.read());
  });
});

describe('the state of a step', () => {
  it('says what each tensor is, what it starts as and whether it is written over', () => {
    const net = new Net();
    const { state } = traceTrainingStep(net, optionsOf(4, rmspropTensorFlow({ momentum: 0.9 }), { ema: { decay: 0.9 } }));
    const shown = state.map(({ input, initial, parameter, overwritable }) => [
      input,
      typeof initial === 'string' ? initial : initial.key,
      ...(parameter ? ['parameter'] : []),
      ...(overwritable ? ['overwritable'] : []),
    ]);
    expect(shown.map((row) => row.join(' '))).toMatchInlineSnapshot(`
      [
        "counter:ema zeros",
        "norm.running_mean norm.running_mean parameter",
        "ema:norm.running_mean norm.running_mean overwritable",
        "norm.running_var norm.running_var parameter",
        "ema:norm.running_var norm.running_var overwritable",
        "norm.num_batches_tracked norm.num_batches_tracked parameter",
        "ema:norm.num_batches_tracked norm.num_batches_tracked overwritable",
        "meanSquare:conv.weight ones overwritable",
        "momentum:conv.weight zeros overwritable",
        "conv.weight conv.weight parameter",
        "ema:conv.weight conv.weight overwritable",
        "meanSquare:conv.bias ones overwritable",
        "momentum:conv.bias zeros overwritable",
        "conv.bias conv.bias parameter",
        "ema:conv.bias conv.bias overwritable",
        "meanSquare:norm.weight ones overwritable",
        "momentum:norm.weight zeros overwritable",
        "norm.weight norm.weight parameter",
        "ema:norm.weight norm.weight overwritable",
        "meanSquare:norm.bias ones overwritable",
        "momentum:norm.bias zeros overwritable",
        "norm.bias norm.bias parameter",
        "ema:norm.bias norm.bias overwritable",
        "meanSquare:fc.weight ones overwritable",
        "momentum:fc.weight zeros overwritable",
        "fc.weight fc.weight parameter",
        "ema:fc.weight fc.weight overwritable",
        "meanSquare:fc.bias ones overwritable",
        "momentum:fc.bias zeros overwritable",
        "fc.bias fc.bias parameter",
        "ema:fc.bias fc.bias overwritable",
      ]
    `);
  });

  it('starts slots of an optimizer of one’s own as zeros, ones or the weight', async () => {
    const net = new Plain();
    const rule: OptimizerRule = {
      ...sgd(),
      slots: [
        { name: 'steps', initial: 'zeros' },
        { name: 'left', initial: 'ones' },
        { name: 'first', initial: 'weight' },
      ],
      update: ({ value, slots }) => ({
        value: add(value, slots.first as Value),
        slots: { steps: add(slots.steps as Value, 1), left: mul(slots.left as Value, 0.5), first: slots.first as Value },
      }),
    };
    await using program = await start(net, 4, rule);
    const weights = numbers(net.fc.weight.value as Tensor);
    const first = initialState(program.training.state, stateDict(net));
    expect(first).toEqual(await program.read());
    for (let step = 0; step < 2; step++) await program.step(feedsOf(0, 4));
    const state = await program.read();
    const of = (name: string): number[] => numbers(state[`${name}fc.weight`] as Tensor);
    expect(of('steps:')).toEqual(weights.map(() => 2));
    expect(of('left:')).toEqual(weights.map(() => 0.25));
    expect(of('first:')).toEqual(weights);
    expect(of('')).toEqual(weights.map((x) => expect.closeTo(3 * x, 5) as unknown));
  });

  it('takes odd slots from nobody', () => {
    const rule = { ...sgd(), slots: [{ name: 'ema', initial: 'zeros' }] } as const;
    expect(() => traceTrainingStep(new Net(), optionsOf(4, rule, {}))).toThrow('a slot cannot be called "ema"');
  });

  it.each([
    [{ accumulate: 0 }, 'accumulate is a whole number of micro-batches from 1, 0 came'],
    [{ accumulate: 1.5 }, 'accumulate is a whole number'],
    [{ clipNorm: 0 }, 'clipNorm is a norm above 0, 0 came'],
    [{ clipNorm: Number.NaN }, 'clipNorm is a norm above 0'],
    [{ ema: { decay: 1 } }, 'the decay of ema is from 0 up to and without 1, 1 came'],
    [{ ema: { decay: 0.9, every: 2 } }, 'unknown option "every"'],
    [{ expose: { grads: true } }, 'unknown option "grads"'],
  ] as const)('refuses %j', (features, message) => {
    expect(() => traceTrainingStep(new Net(), optionsOf(4, sgd(), features as StepFeatures))).toThrow(message);
  });
});

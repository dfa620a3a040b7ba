/** Optimizers step by step against torch's: weights and all they keep, with groups, clipping, accumulation and averages; refusals. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { float32, type Tensor } from '../../src/base/tensor.ts';
import type { Value } from '../../src/compiler/ir/graph.ts';
import { efficientnet_b0 } from '../../src/models/classification/efficientnet.ts';
import { resnet18 } from '../../src/models/classification/resnet.ts';
import { add, mul, sum } from '../../src/nn/functional.ts';
import { type AnyModule, Module, namedParameters } from '../../src/nn/module.ts';
import { Parameter } from '../../src/nn/parameter.ts';
import { traceOf } from '../../src/nn/trace-context.ts';
import { compileTraining } from '../../src/program/training.ts';
import { traceTrainingStep } from '../../src/program/training-graph.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import {
  adam,
  adamw,
  combineGroups,
  layerwiseDecay,
  noDecayForVectors,
  type ParameterGroups,
  rmsprop,
  rmspropTensorFlow,
  sgd,
} from '../../src/train/index.ts';
import { fill } from '../parity/fill.ts';
import { cases, errorOf, goldens, type OptimizerCase, paired } from './golden.ts';

/** The learning rate of each run, as in goldens.py. */
const rates = [0.1, 0.1, 0.05, 0.05, 0.2, 0.2];
const shapes = { weight: [3, 4], bias: [4] } as const;
const optimizers = { sgd, rmsprop, rmspropTensorFlow, adam, adamw };

/** A loss that is linear in the parameters, so that their gradients are what is fed. */
class Linear extends Module<readonly [Value, Value]> {
  readonly weight = new Parameter(shapes.weight, { init: (shape) => fill('weight', shape, [-1, 1]) });
  readonly bias = new Parameter(shapes.bias, { init: (shape) => fill('bias', shape, [-1, 1]) });

  protected override forward(byWeight: Value, byBias: Value): Value {
    const trace = traceOf(byWeight);
    return add(sum(mul(trace.of(this.weight), byWeight)), sum(mul(trace.of(this.bias), byBias)));
  }
}

/** Between -1 and 1, shrinking along the tensor to 2^-28 of that, the first 0. */
function gradient(run: number, key: keyof typeof shapes): Tensor {
  const { data } = fill(`gradient:${run}:${key}`, shapes[key], [-1, 1]);
  return float32(
    shapes[key],
    data.map((x, i) => (i === 0 ? 0 : x * 2 ** (-4 * (i % 8)))),
  );
}

const halfRateForWeights: ParameterGroups = (path) => (path === 'weight' ? { learningRateScale: 0.5 } : {});

function stepOptions({ optimizer, options, groups, clipNorm, accumulate = 1, ema }: OptimizerCase) {
  const both = { groups: combineGroups(noDecayForVectors, halfRateForWeights) };
  return {
    inputs: { byWeight: { dtype: 'float32', shape: shapes.weight }, byBias: { dtype: 'float32', shape: shapes.bias } },
    targets: {},
    loss: (output: Value) => output,
    optimizer: optimizers[optimizer]({ ...options, ...(groups ? both : {}) }),
    accumulate,
    expose: { gradientNorm: true },
    ...(clipNorm === undefined ? {} : { clipNorm }),
    ...(ema === undefined ? {} : { ema: { decay: ema } }),
  } as const;
}

describe('optimizers equal torch', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await nodeRuntime();
  });
  afterAll(() => runtime.dispose());

  it.each(paired(cases.optimizers, goldens.optimizers, ({ name }) => name))('%s', async (_, one, golden) => {
    await using program = await compileTraining(new Linear() as never, { ...stepOptions(one), runtime });
    for (const [run, rate] of rates.entries()) {
      const feeds = { byWeight: gradient(run, 'weight'), byBias: gradient(run, 'bias'), learningRate: float32([], [rate]) };
      const { gradientNorm } = await program.step(feeds);
      expect(errorOf([gradientNorm as number], [golden.norms[run] as number]), `norm of run ${run}`).toBeLessThan(1e-6);
    }
    const state = await program.read();
    const kept = Object.keys(state).filter((name) => !/^(counter|accumulated):/.test(name));
    expect(kept.sort()).toEqual(Object.keys(golden.state).sort());
    for (const [name, expected] of Object.entries(golden.state)) {
      expect(errorOf(state[name]?.data as Float32Array, expected), name).toBeLessThan(1e-6);
    }
  });
});

describe('optimizers refuse', () => {
  it.each([
    [() => sgd({ momentum: -1 }), 'sgd: momentum is from 0 up to and without 1, -1 came'],
    [() => sgd({ weightDecay: Number.NaN }), 'sgd: weightDecay is a number from 0'],
    [() => sgd({ nesterov: true }), 'sgd: Nesterov needs a momentum above 0 and no dampening'],
    [() => sgd({ momentum: 2 }), 'sgd: momentum is from 0 up to and without 1, 2 came'],
    [() => sgd({ nesterov: true, momentum: 0.9, dampening: 0.1 }), 'no dampening'],
    [() => sgd({ lr: 0.1 } as object), 'unknown option "lr"'],
    [() => rmsprop({ alpha: 1 }), 'rmsprop: alpha is from 0 up to and without 1, 1 came'],
    [() => rmspropTensorFlow({ eps: -1 }), 'rmspropTensorFlow: eps is a number from 0, -1 came'],
    [() => adam({ beta1: 1 }), 'adam: beta1 is from 0 up to and without 1'],
    [() => adamw({ beta2: -0.1 }), 'adamw: beta2 is from 0 up to and without 1'],
    [() => adamw({ betas: [0.9, 0.99] } as object), 'unknown option "betas"'],
    [() => layerwiseDecay(new Linear() as never, 0), 'rate is above 0 and at most 1, 0 came'],
  ] as const)('%s', (make, message) => {
    expect(make).toThrow(message);
  });

  it.each([
    [{ weightDecay: -1 }, 'sgd: groups (weight): weightDecay is a number from 0, -1 came'],
    [{ learningRateScale: Number.POSITIVE_INFINITY }, 'sgd: groups (weight): learningRateScale is a number from 0'],
    [{ lr: 1 }, 'sgd: groups (weight): unknown option "lr"'],
  ] as const)('groups that say %j', (settings, message) => {
    const optimizer = sgd({ groups: () => settings as object });
    const options = { ...stepOptions(cases.optimizers[0] as OptimizerCase), optimizer };
    expect(() => traceTrainingStep(new Linear() as never, options)).toThrow(message);
  });
});

describe('parameter groups', () => {
  const settings = (model: AnyModule, groups: ParameterGroups): ReadonlyMap<string, ReturnType<ParameterGroups>> =>
    new Map([...namedParameters(model)].map(([path, parameter]) => [path, groups(path, parameter)]));

  it('decay matrices and kernels alone', () => {
    const all = settings(resnet18(), noDecayForVectors);
    expect(all.get('layer1.0.conv1.weight')).toBeUndefined();
    expect(all.get('fc.weight')).toBeUndefined();
    for (const key of ['fc.bias', 'bn1.weight', 'bn1.bias']) expect(all.get(key)).toEqual({ weightDecay: 0 });
  });

  it.each([
    [
      'resnet18',
      resnet18(),
      { 'conv1.weight': 9, 'bn1.bias': 9, 'layer1.0.bn2.weight': 8, 'layer4.1.conv1.weight': 1, 'fc.bias': 0 },
    ],
    [
      'efficientnet_b0',
      efficientnet_b0(),
      { 'features.0.1.weight': 18, 'features.1.0.block.0.0.weight': 17, 'features.8.1.bias': 1, 'classifier.1.weight': 0 },
    ],
  ] as const)('give the layers of %s less and less from last to first', (_, model, depths) => {
    const all = settings(model, layerwiseDecay(model, 0.5));
    for (const [key, depth] of Object.entries(depths)) expect(all.get(key), key).toEqual({ learningRateScale: 0.5 ** depth });
  });

  it('are combined: scales are multiplied, the last decay holds', () => {
    const groups = combineGroups(
      () => ({ learningRateScale: 0.5, weightDecay: 1 }),
      () => ({ learningRateScale: 0.5, weightDecay: 2 }),
      () => undefined,
    );
    expect(groups('x', new Linear().weight)).toEqual({ learningRateScale: 0.25, weightDecay: 2 });
  });
});

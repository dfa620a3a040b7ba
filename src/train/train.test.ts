/** Training runs of a small network on stripes: they learn, stop, and go on to the same bits. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomUniform, streamKey } from '../base/random.ts';
import type { Value } from '../compiler/ir/graph.ts';
import { type Dataset, packedDataset } from '../data/index.ts';
import { flatten, mean, relu } from '../nn/functional.ts';
import { BatchNorm2d } from '../nn/layers/batch-norm.ts';
import { Conv2d } from '../nn/layers/conv.ts';
import { Linear } from '../nn/layers/linear.ts';
import { Module } from '../nn/module.ts';
import { stateDict } from '../nn/state-dict.ts';
import { nodePlatform } from '../platform/node.ts';
import { nodeRuntime } from '../runtime/ort-node.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { TrainEvent } from './events.ts';
import { sgd } from './optimizers/sgd.ts';
import type { TrainOptions } from './options.ts';
import { train } from './train.ts';

class Net extends Module {
  readonly conv1 = new Conv2d(3, 16, 3, { stride: 2, padding: 1, bias: false });
  readonly bn1 = new BatchNorm2d(16);
  readonly conv2 = new Conv2d(16, 32, 3, { stride: 2, padding: 1, bias: false });
  readonly bn2 = new BatchNorm2d(32);
  readonly fc: Linear;

  constructor(classes: number) {
    super();
    this.fc = new Linear(32, classes);
  }

  protected override forward(x: Value): Value {
    const y = relu(this.bn2.call(this.conv2.call(relu(this.bn1.call(this.conv1.call(x))))));
    return this.fc.call(flatten(mean(y, [2, 3], true), 1));
  }
}

const names = ['across', 'upright'] as const;

/** Gray-blue stripes of some width and phase, with noise; the class is their direction. */
function stripes(length: number, name: string): Dataset {
  const side = 12;
  const key = streamKey(1, name);
  const labels = Uint8Array.from({ length }, (_, i) => i % 2);
  const pixels = new Uint8Array(length * side * side * 3);
  for (let i = 0; i < pixels.length; i++) {
    const [x, y, index] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side) % side, Math.floor(i / 3 / side / side)];
    const width = 3 + 2 * randomUniform(key, 2 * index);
    const at = (labels[index] === 1 ? x : y) / width + randomUniform(key, 2 * index + 1);
    pixels[i] = (at % 1 < 0.5 ? 60 : 160) + 60 * randomUniform(key, length * 2 + i);
  }
  return packedDataset({ name, classes: names, width: side, height: side, channels: 3, pixels, labels });
}

const data = {
  train: stripes(512, 'train'),
  validation: stripes(128, 'validation'),
  transforms: [
    { kind: 'horizontalFlip' },
    { kind: 'toTensor' },
    { kind: 'normalize', mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  ],
  evaluationTransforms: [{ kind: 'toTensor' }, { kind: 'normalize', mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] }],
} as const;

let runtime: Runtime;
let folder: string;
beforeAll(async () => {
  runtime = await nodeRuntime();
  folder = await mkdtemp(join(tmpdir(), 'ocelli-train-'));
});
afterAll(async () => {
  await runtime.dispose();
  await rm(folder, { recursive: true });
});

function options(more: Partial<TrainOptions> = {}): TrainOptions {
  const platform = nodePlatform();
  return {
    runtime,
    platform,
    data,
    epochs: 3,
    batchSize: 32,
    optimizer: sgd({ momentum: 0.9 }),
    learningRate: 0.05,
    seed: 5,
    ...more,
  };
}

async function all(net: Net, given: TrainOptions, stopAfter = Infinity): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of train(net, given)) {
    events.push(event);
    if (event.type === 'step' && event.step >= stopAfter) break;
  }
  return events;
}

const weights = (net: Net): unknown =>
  Object.fromEntries([...stateDict(net)].map(([key, { data: values }]) => [key, Array.from(values, String)]));

describe('a run of training', () => {
  it('learns, and tells what it does', async () => {
    const net = new Net(2);
    const events = await all(net, options({ epochs: 6 }));
    const of = <T extends TrainEvent['type']>(type: T) =>
      events.filter((event): event is Extract<TrainEvent, { type: T }> => event.type === type);
    expect(of('start')).toMatchObject([
      { step: 0, steps: 96, stepsPerEpoch: 16, trainSamples: 512, validationSamples: 128, classes: names },
    ]);
    expect(of('step').map(({ step }) => step)).toEqual(Array.from({ length: 96 }, (_, i) => i + 1));
    expect(of('epoch').map(({ epoch, step }) => [epoch, step])).toEqual([16, 32, 48, 64, 80, 96].map((step, i) => [i + 1, step]));
    const [end] = of('end');
    expect(end?.history.at(-1)?.validation?.top1).toBeGreaterThan(0.9);
    expect(end?.validation?.count).toBe(128);
  });

  it('stopped anywhere and resumed, ends with the same bits', async () => {
    const whole = new Net(2);
    await all(whole, options());
    const path = join(folder, 'stopped');
    for (const [i, stop] of [7, 16, 33].entries()) {
      const events = await all(new Net(2), options({ folder: path, resume: i > 0, checkpointSeconds: 0 }), stop);
      expect(events.at(-1)).toMatchObject({ type: 'step', step: stop });
    }
    const last = new Net(2);
    const events = await all(last, options({ folder: path, resume: true }));
    expect(events[0]).toMatchObject({ type: 'start', step: 33 });
    expect(weights(last)).toEqual(weights(whole));
  });

  it('refuses another training’s checkpoint, and a folder that holds a run', async () => {
    const path = join(folder, 'other');
    await all(new Net(2), options({ folder: path, epochs: 1 }));
    await expect(all(new Net(2), options({ folder: path }))).rejects.toThrow('holds a run already');
    await expect(all(new Net(2), options({ folder: path, resume: true, seed: 6 }))).rejects.toThrow('is of another training');
    await expect(all(new Net(2), options({ folder: path, resume: true, optimizer: sgd() }))).rejects.toThrow(
      'is of another training',
    );
  });
});

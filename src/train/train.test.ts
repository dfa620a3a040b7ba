/** Training runs of a small network on stripes: they learn, stop, and go on to the same bits. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OcelliError } from '../base/errors.ts';
import { randomUniform, streamKey } from '../base/random.ts';
import type { Value } from '../compiler/ir/graph.ts';
import { type Dataset, packedDataset } from '../data/index.ts';
import { add, flatten, mean, mul, relu } from '../nn/functional.ts';
import { BatchNorm2d } from '../nn/layers/batch-norm.ts';
import { Conv2d } from '../nn/layers/conv.ts';
import { Linear } from '../nn/layers/linear.ts';
import { crossEntropy } from '../nn/losses/cross-entropy.ts';
import { marginLoss } from '../nn/losses/margin.ts';
import { Module } from '../nn/module.ts';
import { initialize, stateDict } from '../nn/state-dict.ts';
import { traceOf } from '../nn/trace-context.ts';
import { auxiliaryLoss, type TrainingLoss } from '../nn/training-loss.ts';
import { nodePlatform } from '../platform/node.ts';
import type { Platform } from '../platform/platform.ts';
import { nodeRuntime } from '../runtime/ort-node.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { TrainEvent } from './events.ts';
import { adamw } from './optimizers/adam.ts';
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

/** With an auxiliary head, and a loss that is another one than cross-entropy. */
class Assisted extends Net {
  readonly aux = new Linear(16, 2);

  protected override forward(x: Value): Value {
    const y = relu(this.bn1.call(this.conv1.call(x)));
    if (traceOf(x).wants(this.aux)) this.aux.call(mean(y, [2, 3]));
    return this.fc.call(mean(relu(this.bn2.call(this.conv2.call(y))), [2, 3]));
  }

  override trainingLoss(): TrainingLoss {
    return { ...auxiliaryLoss({ aux: 0.3 }, ['aux']), usual: marginLoss };
  }
}

describe('a model with a loss of its own', () => {
  it('is trained with it, or around the one that is asked for', async () => {
    const loss = async (more: Partial<TrainOptions>): Promise<number> => {
      const net = new Assisted(2);
      let first = Number.NaN;
      for (const event of await all(net, options({ ...more, learningRate: 0 }), 1)) if (event.type === 'step') first = event.loss;
      return first;
    };
    const [usual, asked] = [await loss({}), await loss({ loss: (logits) => add(mul(mean(logits), 0), 1) })];
    expect(asked).toBeCloseTo(1.3, 6);
    expect(usual).toBeCloseTo(await loss({ loss: marginLoss }), 6);
    expect(usual).not.toBeCloseTo(await loss({ loss: crossEntropy }), 2);
  });

  it('trains the heads, and them alone while the rest is frozen', async () => {
    const net = new Assisted(2);
    initialize(net, { seed: 5 });
    const before = new Map(stateDict(net));
    await all(net, options({ epochs: 1, freeze: {} }));
    const moved = [...stateDict(net)].filter(([key, value]) => value !== before.get(key)).map(([key]) => key);
    expect(moved).toEqual(['fc.weight', 'fc.bias', 'aux.weight', 'aux.bias']);
  });
});

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
    await expect(all(new Net(2), options({ folder: path, resume: true, seed: 6 }))).rejects.toThrow(
      'is of another training (epochs: 1 then, 3 now; seed: 5 then, 6 now): resume',
    );
    await expect(all(new Net(2), options({ folder: path, resume: true, optimizer: sgd() }))).rejects.toThrow(
      'is of another training',
    );
  });

  it('says that a checkpoint is damaged, and goes on from the one before it', async () => {
    const path = join(folder, 'damaged');
    const whole = new Net(2);
    await all(whole, options());
    await all(new Net(2), options({ folder: path, checkpointSeconds: 0 }), 20);
    const files = (await readdir(path)).filter((name) => name.startsWith('checkpoint-')).sort();
    expect(files).toEqual(['checkpoint-00000019.safetensors', 'checkpoint-00000020.safetensors']);
    const latest = join(path, files[1] as string);
    const bytes = await readFile(latest);
    bytes[bytes.length - 9] = (bytes[bytes.length - 9] as number) ^ 1;
    await writeFile(latest, bytes);
    await expect(all(new Net(2), options({ folder: path, resume: true }))).rejects.toThrow(
      /checkpoint-00000020.* is damaged.*of step 19, can be resumed from: --resume previous/,
    );
    const net = new Net(2);
    const [start] = await all(net, options({ folder: path, resume: 'previous' }));
    expect(start).toMatchObject({ type: 'start', step: 19 });
    expect(weights(net)).toEqual(weights(whole));
  });

  it('resumed from the checkpoint before the latest, never keeps the damaged one as the one before', async () => {
    const path = join(folder, 'previous');
    await all(new Net(2), options({ folder: path, checkpointSeconds: 0 }), 20);
    await writeFile(join(path, 'checkpoint-00000020.safetensors'), 'damaged');
    await all(new Net(2), options({ folder: path, resume: 'previous' }), 23);
    const { latest, previous } = JSON.parse(await readFile(join(path, 'checkpoint.json'), 'utf8'));
    expect([latest.step, previous.step]).toEqual([23, 19]);
    expect((await readdir(path)).filter((name) => name.startsWith('checkpoint-')).sort()).toEqual([
      'checkpoint-00000019.safetensors',
      'checkpoint-00000023.safetensors',
    ]);
  });

  it.each(['step', 'validation', 'epoch'] as const)('left at a %s event, has let go of every session', async (type) => {
    let held = 0;
    const counting: Runtime = {
      ...runtime,
      name: runtime.name,
      info: runtime.info,
      target: runtime.target,
      load: async (...given) => {
        const session = await runtime.load(...given);
        held++;
        const dispose = session.dispose.bind(session);
        session.dispose = async () => {
          session.dispose = dispose;
          held--;
          await dispose();
        };
        return session;
      },
    };
    for await (const event of train(new Net(2), options({ runtime: counting }))) {
      if (event.type !== type) continue;
      expect(held).toBeGreaterThan(0);
      break;
    }
    expect(held).toBe(0);
  });

  it('on a full disk, says so once and keeps the checkpoints it has', async () => {
    const path = join(folder, 'full');
    const whole = new Net(2);
    await all(whole, options());
    const platform = nodePlatform();
    let room = 6;
    const full: Platform = {
      ...platform,
      files: {
        ...platform.files,
        create: async (file) => {
          const sink = await platform.files.create(file);
          if (!file.endsWith('.safetensors') || --room >= 0) return sink;
          return {
            ...sink,
            write: async () => {
              throw new OcelliError('io', `cannot write ${file}: there is no space left on the device`);
            },
          };
        },
      },
    };
    const failing = options({ platform: full, folder: path, checkpointSeconds: 0 });
    await expect(all(new Net(2), failing)).rejects.toThrow(/cannot write .*: there is no space left on the device/);
    const left = await readdir(path);
    expect(left.filter((name) => name.endsWith('.part'))).toEqual([]);
    const net = new Net(2);
    const [start] = await all(net, options({ folder: path, resume: true }));
    expect(start).toMatchObject({ type: 'start', step: 6 });
    expect(weights(net)).toEqual(weights(whole));
  });

  it('stops at a signal with a checkpoint, and when the loss is no number', async () => {
    const path = join(folder, 'signal');
    const controller = new AbortController();
    const run = async (): Promise<void> => {
      for await (const event of train(new Net(2), options({ folder: path, signal: controller.signal }))) {
        if (event.type === 'step' && event.step === 5) controller.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'aborted' });
    const [start] = await all(new Net(2), options({ folder: path, resume: true }), 6);
    expect(start).toMatchObject({ step: 5 });
    await expect(all(new Net(2), options({ learningRate: 1e30 }))).rejects.toThrow(
      /the loss became .* at step \d+: lower the learning rate/,
    );
  });

  it('tells a model with fewer outputs than there are classes', async () => {
    await expect(all(new Net(1), options())).rejects.toThrow('the model gives [32, 1], the data set has 2 classes');
  });

  it('goes on with activations computed twice where it had kept them, or the other way round', async () => {
    const whole = new Net(2);
    await all(whole, options({ epochs: 1, portable: true }));
    const path = join(folder, 'recompute');
    const more = { epochs: 1, portable: true, folder: path };
    await all(new Net(2), options({ ...more, recompute: true }), 3);
    await all(new Net(2), options({ ...more, resume: true }), 9);
    const net = new Net(2);
    await all(net, options({ ...more, resume: true, recompute: true }));
    expect(weights(net)).toEqual(weights(whole));
  });

  it('trains the head alone first, then the whole model', async () => {
    const net = new Net(2);
    initialize(net, { seed: 9 });
    const before = weights(net) as Record<string, string[]>;
    for await (const event of train(net, options({ freeze: { epochs: 2 }, ema: { decay: 0.9 } }))) {
      if (event.type !== 'epoch') continue;
      const now = weights(net) as Record<string, string[]>;
      const same = Object.keys(now).filter((key) => now[key]?.join() === before[key]?.join());
      if (event.epoch <= 2) expect(same).toEqual(Object.keys(now).filter((key) => !key.startsWith('fc.')));
      else expect(same).toEqual([]);
    }
  });

  it('stopped in the head’s training, right after it, or at its end, goes on to the same bits', async () => {
    const whole = new Net(2);
    const more = { freeze: { epochs: 1 }, epochs: 2, ema: { decay: 0.9 } };
    await all(whole, options(more));
    const path = join(folder, 'thawed');
    await all(new Net(2), options({ ...more, folder: path }), 7);
    const stopped = train(new Net(2), options({ ...more, folder: path, resume: true }));
    for await (const event of stopped) if (event.type === 'epoch') break;
    const net = new Net(2);
    const [start] = await all(net, options({ ...more, folder: path, resume: true }));
    expect(start).toMatchObject({ type: 'start', step: 16 });
    expect(weights(net)).toEqual(weights(whole));
    const head = { freeze: {}, epochs: 1, folder: join(folder, 'head') };
    await all(new Net(2), options(head));
    const events = await all(new Net(2), options({ ...head, resume: true }));
    expect(events.at(-1)).toMatchObject({ type: 'end', step: 16 });
  });

  it('ends early when validation gets no better', async () => {
    const events = await all(new Net(2), options({ learningRate: 0, epochs: 9, patience: 2 }));
    expect(events.filter(({ type }) => type === 'epoch').length).toBe(3);
    expect(events.at(-1)).toMatchObject({ type: 'end', early: true, best: { epoch: 1 } });
    const whole = await all(new Net(2), options({ learningRate: 0, epochs: 2, patience: 1 }));
    expect(whole.at(-1)).toMatchObject({ type: 'end', early: false });
  });

  it('mixes batches, clips, accumulates and averages, all to the same bits after a resume', async () => {
    const more = {
      data: { ...data, mix: [{ kind: 'mixup', alpha: 0.3 }] },
      clipNorm: 1,
      accumulate: 3,
      ema: { decay: 0.9 },
      optimizer: adamw(),
      learningRate: 0.01,
    } as const;
    const whole = new Net(2);
    await all(whole, options(more));
    const path = join(folder, 'everything');
    await all(new Net(2), options({ ...more, folder: path }), 22);
    const net = new Net(2);
    await all(net, options({ ...more, folder: path, resume: true }));
    expect(weights(net)).toEqual(weights(whole));
  });
});

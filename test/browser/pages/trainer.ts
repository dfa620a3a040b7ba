/** A page that trains with the verbs of the package's web entry, with checkpoints in private files. */
import { bytesOf } from '../../../src/base/tensor.ts';
import { shapes } from '../../../src/data/index.ts';
import { lenet5 } from '../../../src/models/classification/lenet.ts';
import { stateDict } from '../../../src/nn/index.ts';
import { sgd } from '../../../src/train/index.ts';
import { train, type WebRuntimeOptions, webPlatform, webRuntime } from '../../../src/web.ts';
import { miniLosses } from '../mini.ts';

export interface RunResult {
  /** How far the run was when this part of it began, and when it ended. */
  readonly from: number;
  readonly to: number;
  /** SHA-256 of the model's values. */
  readonly weights: string;
  /** What is in the folder. */
  readonly files: readonly string[];
}

const platform = webPlatform();
const set = (split: 'train' | 'validation', length: number) =>
  shapes({ split, length, size: 28, channels: 1, shapes: ['circle', 'cross'] });
const data = {
  train: set('train', 96),
  validation: set('validation', 32),
  transforms: [{ kind: 'horizontalFlip' }, { kind: 'toTensor' }],
  evaluationTransforms: [{ kind: 'toTensor' }],
} as const;

/** Trains in a folder, from the beginning or from where its checkpoint is, to the end or until a step. */
async function run(folder: string, { resume = false, until = Infinity }): Promise<RunResult> {
  const runtime = await webRuntime({ threads: 1, wasmBase: '/ort/' });
  const net = lenet5({ numClasses: 2 });
  let from = 0;
  let to = 0;
  const options = {
    runtime,
    data,
    folder,
    resume,
    epochs: 3,
    batchSize: 16,
    optimizer: sgd({ momentum: 0.9 }),
    learningRate: 0.02,
  };
  for await (const event of train(net, options)) {
    if (event.type === 'start') from = event.step;
    if (event.type === 'step') to = event.step;
    if (event.type === 'step' && event.step === until) break;
  }
  const hash = platform.sha256();
  for (const value of stateDict(net).values()) hash.update(bytesOf(value));
  const files = (await platform.files.list(folder)).map(({ name }) => name);
  return { from, to, weights: hash.digest(), files };
}

/** How often a timer fired while a training step ran. */
async function ticksDuringStep(options: WebRuntimeOptions): Promise<readonly number[]> {
  const runtime = await webRuntime({ ...options, wasmBase: '/ort/' });
  const ticks: number[] = [];
  let count = 0;
  const timer = setInterval(() => count++, 1);
  await miniLosses(runtime, {
    batch: 64,
    onStep: (when) => {
      if (when === 'after') ticks.push(count);
      count = 0;
    },
  });
  clearInterval(timer);
  return ticks;
}

async function losses(options: WebRuntimeOptions): Promise<readonly number[]> {
  return miniLosses(await webRuntime({ ...options, wasmBase: '/ort/' }));
}

Object.assign(globalThis, { run, ticksDuringStep, losses });

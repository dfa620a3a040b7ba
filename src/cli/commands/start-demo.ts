/** What a bare `npm start` shows: sample pictures classified, then a network fine-tuned, tried, and its report. Needs no network. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { shapes } from '../../data/index.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { load } from '../../tasks/classify.ts';
import { adamw, evaluate, schedule, train } from '../../train/index.ts';
import { answerAll, firstBatch } from '../answers.ts';
import { startRuntime } from '../chosen-model.ts';
import type { Context } from '../context.ts';
import { duration } from '../format.ts';
import type { Outcome } from '../outcome.ts';
import { samplesFolder } from '../package-files.ts';
import { findPictures } from '../pictures.ts';
import { buildModel } from '../training/build-model.ts';
import { listsOf } from '../training/lists.ts';
import { TrainingDisplay } from '../training/show.ts';
import { printAnswer } from './classify.ts';

const MODEL = 'efficientnet_mini';
const ENTRY = 'FASHION_MNIST_V1';
/** The data of the fine-tuning, and how long it lasts: well under a minute on two cores. */
const SIZE = 28;
const SAMPLES = 6000;
const EPOCHS = 3;
const BATCH = 60;

export async function demo(context: Context): Promise<Outcome> {
  await using runtime = await startRuntime(true);
  const { colors } = context;
  context.print(colors.bold(`1. Pictures to labels: ${MODEL}, trained on Fashion-MNIST`));
  await classifySamples(runtime, context);
  context.print(colors.bold(`\n2. Fine-tuning, live: the same network learns generated shapes`));
  const folder = await mkdtemp(join(tmpdir(), 'ocelli-start-'));
  await finetune(runtime, folder, context);
  context.print(`\nNext: ocelli classify cat.jpg --model efficientnet_b0, or ocelli train --help`);
  return 0;
}

async function classifySamples(runtime: Runtime, context: Context): Promise<void> {
  const platform = await context.platform();
  const sources = await findPictures([relative(process.cwd(), join(samplesFolder(), 'clothes'))], context);
  const first = firstBatch(sources, sources.length, platform, context.signal);
  await using classifier = await load(MODEL, { platform, runtime, weights: ENTRY, signal: context.signal });
  const begin = platform.now();
  const options = { top: 2, batch: sources.length, signal: context.signal };
  for await (const answer of answerAll(sources, first, classifier, platform, options)) printAnswer(answer, context);
  context.print(context.colors.dim(`${sources.length} pictures in ${duration(platform.now() - begin)}, decoding included`));
}

async function finetune(runtime: Runtime, folder: string, context: Context): Promise<void> {
  const platform = await context.platform();
  const { signal } = context;
  const samples = shapes({ length: SAMPLES, size: SIZE, channels: 1 });
  const test = shapes({ length: 1000, size: SIZE, channels: 1, split: 'test' });
  const choice = { model: MODEL, weights: ENTRY, finetune: true, classes: samples.classes.length, channels: 1 } as const;
  const { net, entry } = await buildModel(choice, platform, context);
  const lists = listsOf({ augment: 'flip' }, samples, entry?.preset);
  const steps = EPOCHS * Math.floor(SAMPLES / BATCH);
  const display = new TrainingDisplay(context);
  const training = train(net, {
    runtime,
    platform,
    data: { train: samples, validation: shapes({ length: 500, size: SIZE, channels: 1, split: 'validation' }), ...lists },
    epochs: EPOCHS,
    batchSize: BATCH,
    optimizer: adamw({ weightDecay: 0.05 }),
    learningRate: schedule({ kind: 'oneCycle', learningRate: 0.004, steps }),
    folder,
    title: `${MODEL} on generated shapes`,
    notes: { model: MODEL, 'starts from': `${ENTRY}, with a new head` },
    workers: 1,
    signal,
  });
  try {
    for await (const event of training) display.show(event);
  } finally {
    display.clear();
  }
  const { metrics } = await evaluate(net, test, {
    runtime,
    platform,
    transforms: lists.evaluationTransforms,
    workers: 1,
    signal,
  });
  context.print(context.colors.bold(`${(100 * metrics.top1).toFixed(1)} % of ${metrics.count} new shapes right`));
  context.print(`${join(folder, 'report.html')}  curves, confusions, the worst mistakes`);
}

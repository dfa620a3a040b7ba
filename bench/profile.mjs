/** Where a training step's time goes: its ONNX operators by time, with one thread and with all. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { elementCount, float32 } from '../dist/base/tensor.js';
import { compileTraining } from '../dist/program/index.js';
import { nodeRuntime } from '../dist/runtime/ort-node.js';
import { crossEntropy, sgd } from '../dist/train/index.js';
import { alive, labels, pictures } from './ocelli.mjs';
import { machine, publish, table, threads } from './report.mjs';
import { torchWorker } from './worker.mjs';

const BATCH = 8;
/** Operators that take a smaller share than this are not listed. */
const SHARE = 0.01;

const ones = (shape) => float32(shape, new Float32Array(elementCount(shape)).fill(1));

/** The ONNX model of a step as it is loaded, and what it is fed. */
async function stepOf(name) {
  const native = await nodeRuntime({ threads });
  let model;
  const keeping = {
    ...native,
    load: (source, options) => {
      model ??= options.carry ? source.model : undefined;
      return native.load(source, options);
    },
  };
  const program = await compileTraining(await alive(name), {
    runtime: keeping,
    inputs: { input: { dtype: 'float32', shape: [BATCH, 3, 224, 224] } },
    targets: { target: { dtype: 'int64', shape: [BATCH] } },
    loss: (logits, { target }) => crossEntropy(logits, target),
    optimizer: sgd({ momentum: 0.9 }),
  });
  const masks = program.training.masks.map(({ name, shape }) => [name, ones(shape)]);
  const own = {
    input: pictures([BATCH, 3, 224, 224]),
    target: labels(BATCH, 1000),
    learningRate: float32([], [0]),
    ...Object.fromEntries(masks),
  };
  const values = Object.entries({ ...(await program.read()), ...own });
  await program.dispose();
  const feeds = Object.fromEntries(values.map(([key, { dtype, data, shape }]) => [key, new Tensor(dtype, data, shape)]));
  return { model, feeds };
}

/** Milliseconds a step by operator, the mean of `rounds` steps after one that is not counted. */
async function timesOf({ model, feeds }, intraOpNumThreads, rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'ocelli-profile-'));
  try {
    const options = { intraOpNumThreads, graphOptimizationLevel: 'disabled', enableMemPattern: false, logSeverityLevel: 3 };
    const session = await InferenceSession.create(model, {
      ...options,
      enableProfiling: true,
      profileFilePrefix: join(folder, 'step'),
    });
    for (let i = 0; i <= rounds; i++) await session.run(feeds);
    session.endProfiling();
    await session.release();
    const events = JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]), 'utf8'));
    const kernels = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
    const times = {};
    for (const { dur, args } of kernels.slice(kernels.length / (rounds + 1))) {
      times[args.op_name] = (times[args.op_name] ?? 0) + dur / 1000 / rounds;
    }
    return times;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function profile({ rounds = 5, only = ['resnet18', 'efficientnet_b0'], write }) {
  const torch = torchWorker();
  const versions = await torch.ask('info', { threads });
  torch.close();
  const sections = [];
  for (const name of only) {
    const step = await stepOf(name);
    const [one, all] = [await timesOf(step, 1, rounds), await timesOf(step, threads, rounds)];
    const total = Object.values(all).reduce((a, b) => a + b, 0);
    const rows = Object.entries(all)
      .sort(([, a], [, b]) => b - a)
      .filter(([, time]) => time > total * SHARE)
      .map(([op, time]) => [
        op,
        one[op].toFixed(1),
        time.toFixed(1),
        (one[op] / time).toFixed(2),
        `${((100 * time) / total).toFixed(0)} %`,
      ]);
    sections.push(`### ${name}`, table(['operator', '1 thread, ms', `${threads} threads, ms`, 'faster by', 'share'], rows));
  }
  const text = [
    '## Where a training step spends its time',
    `\`npm run bench -- profile\`, ${new Date().toISOString().slice(0, 10)}. ${machine(versions)}.`,
    `ONNX Runtime's own profile of the steps above on 8 pictures of 224x224, means of ${rounds} steps; operators of more than ${100 * SHARE} %.`,
    ...sections,
  ].join('\n\n');
  publish('profile', text, write);
}

/** Where a training step's time goes: arithmetic, passes over memory, between nodes, outside ONNX Runtime; and operator by operator. */
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
import { median } from './rounds.mjs';
import { torchWorker } from './worker.mjs';

const steps = [
  { model: 'resnet18', size: 32, batch: 32 },
  { model: 'resnet18', size: 224, batch: 8 },
  { model: 'resnet50', size: 224, batch: 8 },
  { model: 'efficientnet_b0', size: 224, batch: 8 },
  { model: 'mobilenet_v2', size: 224, batch: 8 },
];
/** Steps before those that count. */
const WARM_UP = 10;
/** Operators that take a smaller share than this are not listed. */
const SHARE = 0.015;
/** What multiplies matrices; everything else passes over memory. */
const arithmetic = /^(Conv|ConvTranspose|FusedConv|MatMul|FusedMatMul|Gemm)$/;

const ones = (shape) => float32(shape, new Float32Array(elementCount(shape)).fill(1));
const sum = (values) => values.reduce((a, b) => a + b, 0);

/** The ONNX model of a step as it is loaded, what it is fed, and the milliseconds of a step as a program. */
async function stepOf({ model: name, size, batch }, rounds) {
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
    inputs: { input: { dtype: 'float32', shape: [batch, 3, size, size] } },
    targets: { target: { dtype: 'int64', shape: [batch] } },
    loss: (logits, { target }) => crossEntropy(logits, target),
    optimizer: sgd({ momentum: 0.9 }),
  });
  const own = { input: pictures([batch, 3, size, size]), target: labels(batch, 1000), learningRate: float32([], [0]) };
  const times = [];
  for (let i = 0; i < WARM_UP + rounds; i++) {
    const start = performance.now();
    await program.step(own);
    times.push(performance.now() - start);
  }
  const masks = program.training.masks.map(({ name, shape }) => [name, ones(shape)]);
  const values = Object.entries({ ...(await program.read()), ...own, ...Object.fromEntries(masks) });
  await program.dispose();
  const feeds = Object.fromEntries(values.map(([key, { dtype, data, shape }]) => [key, new Tensor(dtype, data, shape)]));
  return { model, feeds, wall: median(times.slice(WARM_UP)) };
}

/** Milliseconds of a run in ONNX Runtime, and of its nodes by operator: means of `rounds` runs after some that do not count. */
async function profileOf({ model, feeds }, intraOpNumThreads, rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'ocelli-profile-'));
  try {
    const options = { intraOpNumThreads, graphOptimizationLevel: 'disabled', enableMemPattern: false, logSeverityLevel: 3 };
    const session = await InferenceSession.create(model, {
      ...options,
      enableProfiling: true,
      profileFilePrefix: join(folder, 'step'),
    });
    for (let i = 0; i < WARM_UP + rounds; i++) await session.run(feeds);
    session.endProfiling();
    await session.release();
    const events = JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]), 'utf8'));
    const kernels = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
    const nodes = kernels.length / (WARM_UP + rounds);
    const operators = {};
    for (const { dur, args } of kernels.slice(-nodes * rounds)) {
      operators[args.op_name] = (operators[args.op_name] ?? 0) + dur / 1000 / rounds;
    }
    const runs = events.filter(({ name }) => name === 'model_run').slice(-rounds);
    return { operators, nodes, run: sum(runs.map(({ dur }) => dur)) / 1000 / rounds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sharesOf({ model, size, batch }, wall, { operators, nodes, run }) {
  const products = sum(Object.entries(operators).map(([op, time]) => (arithmetic.test(op) ? time : 0)));
  const kernels = sum(Object.values(operators));
  const parts = [products, kernels - products, run - kernels, Math.max(0, wall - run)];
  return [
    model,
    size,
    batch,
    nodes,
    wall.toFixed(0),
    ...parts.map((part) => `${part.toFixed(0)} (${percent(part, sum(parts))})`),
  ];
}

function percent(part, whole) {
  return `${((100 * part) / whole).toFixed(0)} %`;
}

export async function profile({ rounds = 5, only, write }) {
  const torch = torchWorker();
  const versions = await torch.ask('info', { threads });
  torch.close();
  const shares = [];
  const sections = [];
  for (const each of steps.filter(({ model }) => !only || only.includes(model))) {
    const step = await stepOf(each, rounds);
    const [one, all] = [await profileOf(step, 1, rounds), await profileOf(step, threads, rounds)];
    shares.push(sharesOf(each, step.wall, all));
    const total = sum(Object.values(all.operators));
    const rows = Object.entries(all.operators)
      .sort(([, a], [, b]) => b - a)
      .filter(([, time]) => time > total * SHARE)
      .map(([op, time]) => [
        op,
        one.operators[op].toFixed(1),
        time.toFixed(1),
        (one.operators[op] / time).toFixed(2),
        percent(time, total),
      ]);
    sections.push(
      `### ${each.model}, ${each.size}x${each.size}, batch ${each.batch}`,
      table(['operator', '1 thread, ms', `${threads} threads, ms`, 'faster by', 'share'], rows),
    );
  }
  const head = ['model', 'size', 'batch', 'nodes', 'step ms', 'products', 'passes over memory', 'between nodes', 'outside'];
  const text = [
    '## Where a training step spends its time',
    `\`npm run bench -- profile\`, ${new Date().toISOString().slice(0, 10)}. ${machine(versions)}.`,
    `Means of ${rounds} steps after ${WARM_UP}, milliseconds. *Products* are convolutions and matrix products, *passes over memory* ` +
      'all other operators, *between nodes* what ONNX Runtime takes beside its operators; these three are from its own profile, which ' +
      'costs some time itself. *Outside* is what a step takes beyond the run: onnxruntime-node 1.30 copies all state that a step gives ' +
      'back into new arrays, which then have to be collected.',
    table(head, shares),
    `Operators of more than ${100 * SHARE} % of their sum:`,
    ...sections,
  ].join('\n\n');
  publish('profile', text, write);
}

/** One training step (the model's own loss or cross-entropy, SGD with momentum, batch statistics): time and peak memory against torch and the web's peers. */
import { peers } from './peers/peers.mjs';
import { machine, publish, table, threads } from './report.mjs';
import { interleave, median, ratio, runsFor } from './rounds.mjs';
import { here, torchWorker, Worker } from './worker.mjs';

const steps = [
  { model: 'resnet18', size: 32, batch: 32 },
  { model: 'resnet18', size: 32, batch: 128 },
  { model: 'resnet18', size: 224, batch: 8 },
  { model: 'resnet50', size: 224, batch: 8 },
  { model: 'efficientnet_b0', size: 32, batch: 64 },
  { model: 'efficientnet_b0', size: 224, batch: 8 },
  { model: 'mnasnet1_0', size: 224, batch: 8 },
  { model: 'mobilenet_v2', size: 224, batch: 8 },
  { model: 'capsnet', size: 28, channels: 1, classes: 10, batch: 64 },
];
/** Steps on which activations are kept in one process and computed twice in another. */
const large = [
  { model: 'efficientnet_b0', size: 224, batch: 32 },
  { model: 'resnet50', size: 224, batch: 16 },
];
/** LeNet-5, the network that everybody can train. */
const small = { model: 'lenet5', size: 28, channels: 1, classes: 10, batch: 32 };

/** Steps before those that are timed, in which both sides' allocators settle. */
const WARM_UP = 10;

const ocelliWorker = () => new Worker(process.execPath, [here('training-worker.mjs')]);

/** Times and peaks of workers that answer load_training and train, on one step. */
async function measure(workers, step, rounds) {
  const peaks = {};
  const estimates = {};
  try {
    const rivals = {};
    for (const [name, { worker, ...options }] of Object.entries(workers)) {
      const { estimate } = await worker.ask('load_training', { channels: 3, classes: 1000, ...step, ...options });
      if (estimate) estimates[name] = estimate;
      let runs = WARM_UP;
      rivals[name] = async () => {
        const { milliseconds, peak } = await worker.ask('train', { runs });
        runs = runsFor(milliseconds, 500);
        peaks[name] = peak;
        return milliseconds;
      };
    }
    return { times: await interleave(rivals, rounds), peaks, estimates };
  } finally {
    for (const { worker } of Object.values(workers)) worker.close();
  }
}

async function besideTorch(step, rounds) {
  const torch = torchWorker();
  await torch.ask('info', { threads });
  const measured = await measure({ torch: { worker: torch }, ocelli: { worker: ocelliWorker(), threads } }, step, rounds);
  const { times, peaks } = measured;
  return { ...measured, speed: ratio(times, 'ocelli', 'torch'), memory: peaks.ocelli / peaks.torch };
}

async function recomputing(step, rounds) {
  const worker = (recompute) => ({ worker: ocelliWorker(), threads, recompute });
  const { times, peaks, estimates } = await measure({ kept: worker(false), again: worker(true) }, step, rounds);
  const mb = (bytes) => (bytes / 1e6).toFixed(0);
  return [
    `${step.model}, batch ${step.batch}`,
    ...[median(times.kept), median(times.again)].map((time) => time.toFixed(0)),
    ratio(times, 'again', 'kept').toFixed(2),
    ...[peaks.kept, estimates.kept, peaks.again, estimates.again].map(mb),
    (peaks.again / peaks.kept).toFixed(2),
  ];
}

async function besidePeers(rounds) {
  const torch = torchWorker();
  await torch.ask('info', { threads });
  const { times } = await measure(
    {
      torch: { worker: torch },
      'Ocelli, native': { worker: ocelliWorker(), threads },
      'Ocelli, WASM in Node': { worker: ocelliWorker(), threads, backend: 'wasm' },
      ...Object.fromEntries(
        Object.entries(peers()).map(([name, file]) => [name, { worker: new Worker(process.execPath, [file]) }]),
      ),
    },
    small,
    rounds,
  );
  return Object.keys(times).map((name) => [
    name,
    median(times[name]).toPrecision(3),
    ratio(times, name, 'torch').toPrecision(2),
    ratio(times, name, 'Ocelli, WASM in Node').toPrecision(2),
  ]);
}

export async function training({ rounds = 7, only, write }) {
  const torch = torchWorker();
  const versions = await torch.ask('info', { threads });
  torch.close();
  const rows = [];
  const ratios = [];
  for (const step of steps.filter(({ model }) => !only || only.includes(model))) {
    const { times, peaks, estimates, speed, memory } = await besideTorch(step, rounds);
    ratios.push(speed);
    rows.push([
      step.model,
      step.size,
      step.batch,
      median(times.torch).toFixed(0),
      median(times.ocelli).toFixed(0),
      speed.toFixed(2),
      (peaks.torch / 1e6).toFixed(0),
      (peaks.ocelli / 1e6).toFixed(0),
      memory.toFixed(2),
      (estimates.ocelli / 1e6).toFixed(0),
    ]);
    console.log(rows.at(-1).join('  '));
  }
  const head = [
    'model',
    'size',
    'batch',
    'torch ms',
    'Ocelli ms',
    'Ocelli / torch',
    'torch MB',
    'Ocelli MB',
    'Ocelli / torch',
    'estimate MB',
  ];
  const text = [
    '## Training step',
    `\`npm run bench -- training\`, ${new Date().toISOString().slice(0, 10)}. ${machine(versions)}.`,
    `Forward, loss (cross-entropy; capsnet's is its own, with the decoder), backward, SGD with momentum and running statistics. Medians of ${rounds} ` +
      `rounds in which the two take turns, after ${WARM_UP} steps of each; ` +
      ' the ratio of times is the median of ratios within rounds. Memory is the most each ' +
      'process has held, its runtime included; beside it what `estimateMemory` tells from the graph.',
  ];
  if (rows.length > 0) {
    const mean = ratios.reduce((a, b) => a + b, 0) / ratios.length;
    text.push(table(head, rows), `The mean of the ratios of times is ${mean.toFixed(2)}.`);
  }
  const again = [];
  for (const step of large.filter(({ model }) => !only || only.includes(model))) {
    again.push(await recomputing(step, Math.min(rounds, 3)));
    console.log(again.at(-1).join('  '));
  }
  if (again.length > 0) {
    text.push(
      '### Activations computed twice',
      'Steps at 224 with activations kept and with `recompute`, medians of at most 3 rounds; MB as above, and beside them the estimates.',
      table(['', 'kept ms', 'twice ms', 'ratio', 'kept MB', 'estimate', 'twice MB', 'estimate', 'ratio'], again),
    );
  }
  if (!only || only.includes(small.model)) {
    text.push(
      '### A small network, and what else trains in JavaScript',
      `LeNet-5 on ${small.batch} pictures of 28x28, in the same way. What is not installed is left out: ` +
        '`npm ci --prefix bench/peers` installs the peers. TensorFlow.js runs on its CPU back end in JavaScript, as its WASM back end ' +
        'has no gradient of a convolution ("Kernel \'Conv2DBackpropFilter\' not registered"), and jax-js on its WASM back end.',
      table(['', 'ms', '/ torch', '/ Ocelli, WASM'], await besidePeers(rounds)),
    );
  }
  publish('training', text.join('\n\n'), write);
}

/** One training step (cross-entropy, SGD with momentum, batch statistics) at 224, batch 8: time and peak memory against torch. */
import { machine, publish, table, threads } from './report.mjs';
import { interleave, median, ratio, runsFor } from './rounds.mjs';
import { here, torchWorker, Worker } from './worker.mjs';

const models = ['resnet18', 'mobilenet_v2', 'efficientnet_b0', 'resnet50'];
const BATCH = 8;

async function measure(model, rounds) {
  const workers = { torch: torchWorker(), ocelli: new Worker(process.execPath, [here('training-worker.mjs')]) };
  const peaks = {};
  try {
    await workers.torch.ask('info', { threads });
    await workers.torch.ask('load_training', { model, batch: BATCH });
    await workers.ocelli.ask('load_training', { model, batch: BATCH, threads });
    const rivals = Object.fromEntries(
      Object.entries(workers).map(([name, worker]) => {
        let runs = 1;
        const turn = async () => {
          const { milliseconds, peak } = await worker.ask('train', { runs });
          runs = runsFor(milliseconds, 500);
          peaks[name] = peak;
          return milliseconds;
        };
        return [name, turn];
      }),
    );
    return { times: await interleave(rivals, rounds), peaks };
  } finally {
    for (const worker of Object.values(workers)) worker.close();
  }
}

export async function trainingStep({ rounds = 7, only, write }) {
  const torch = torchWorker();
  const versions = await torch.ask('info', { threads });
  torch.close();
  const rows = [];
  for (const model of models.filter((name) => !only || only.includes(name))) {
    const { times, peaks } = await measure(model, rounds);
    rows.push([
      model,
      median(times.torch).toFixed(0),
      median(times.ocelli).toFixed(0),
      ratio(times, 'ocelli', 'torch').toFixed(2),
      (peaks.torch / 1e6).toFixed(0),
      (peaks.ocelli / 1e6).toFixed(0),
      (peaks.ocelli / peaks.torch).toFixed(2),
    ]);
    console.log(rows.at(-1).join('  '));
  }
  const head = ['model', 'torch ms', 'Ocelli ms', 'Ocelli / torch', 'torch MB', 'Ocelli MB', 'Ocelli / torch'];
  const text = [
    '## Training step',
    `\`npm run bench -- training-step\`, ${new Date().toISOString().slice(0, 10)}. ${machine(versions)}.`,
    `Forward, cross-entropy, backward, SGD with momentum and running statistics on ${BATCH} pictures of 224x224. Medians of ${rounds} ` +
      'rounds in which the two take turns; the ratio of times is the median of ratios within rounds. Memory is the most each ' +
      'process has held, its runtime included.',
    table(head, rows),
  ].join('\n\n');
  publish('training-step', text, write);
}

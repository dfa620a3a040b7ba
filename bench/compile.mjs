/** How long it takes until a training step can run: building the model, tracing with gradients, emitting ONNX, loading. */
import { execFileSync } from 'node:child_process';
import { machine, publish, table, threads } from './report.mjs';
import { median } from './rounds.mjs';
import { here, torchWorker } from './worker.mjs';

const models = ['resnet18', 'resnet50', 'mobilenet_v2', ...Array.from({ length: 8 }, (_, i) => `efficientnet_b${i}`)];
const [SIZE, BATCH] = [224, 8];

function compileOnce(model) {
  const args = [here('compile-worker.mjs'), model, SIZE, BATCH, threads].map(String);
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

export async function compile({ rounds = 5, only, write }) {
  const torch = torchWorker();
  const versions = await torch.ask('info', { threads });
  torch.close();
  const rows = [];
  for (const model of models.filter((name) => !only || only.includes(name))) {
    const runs = Array.from({ length: rounds }, () => compileOnce(model));
    const of = (key) => median(runs.map((run) => run[key]));
    rows.push([
      model,
      of('nodes'),
      ...['weights', 'build', 'trace', 'emit', 'load', 'total'].map((key) => of(key).toFixed(0)),
      ((1000 * of('total')) / of('nodes')).toFixed(0),
    ]);
    console.log(rows.at(-1).join('  '));
  }
  const head = ['model', 'nodes', 'weights ms', 'build ms', 'trace ms', 'emit ms', 'load ms', 'total ms', 'us a node'];
  const text = [
    '## Until a training step can run',
    `\`npm run bench -- compile\`, ${new Date().toISOString().slice(0, 10)}. ${machine(versions)}.`,
    `Each in fresh processes, medians of ${rounds}, at ${SIZE}, batch ${BATCH}: *weights* are drawn, which is not part of the total as it has to be done for any framework, *build* is the model, *trace* gives forward, backward and ` +
      'optimizer as a graph of *nodes*, *emit* the ONNX model, *load* is ONNX Runtime and the weights. That the time grows no faster ' +
      'than the graph shows in the last column.',
    table(head, rows),
  ].join('\n\n');
  publish('compile', text, write);
}

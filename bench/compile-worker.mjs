/** Building, tracing, emitting and loading one training step, timed in a fresh process: prints milliseconds and sizes as JSON. */
import { getModel } from '../dist/models/index.js';
import { stateDict } from '../dist/nn/index.js';
import { loadTraining } from '../dist/program/training.js';
import { traceTrainingStep } from '../dist/program/training-graph.js';
import { nodeRuntime } from '../dist/runtime/ort-node.js';
import { crossEntropy, sgd } from '../dist/train/index.js';

const [name, size, batch, threads] = process.argv.slice(2);
const native = await nodeRuntime({ threads: Number(threads) });
let load = 0;
let bytes = 0;
const runtime = {
  ...native,
  async load(source, options) {
    const start = performance.now();
    const session = await native.load(source, options);
    load += performance.now() - start;
    bytes = source.model.byteLength;
    return session;
  },
};

const marks = [performance.now()];
const model = await getModel(name);
marks.push(performance.now());
// First weights are drawn when they are asked for; a model that is fine-tuned has others.
stateDict(model);
marks.push(performance.now());
const training = traceTrainingStep(model, {
  inputs: { input: { dtype: 'float32', shape: [Number(batch), 3, Number(size), Number(size)] } },
  targets: { target: { dtype: 'int64', shape: [Number(batch)] } },
  loss: (logits, { target }) => crossEntropy(logits, target),
  optimizer: sgd({ momentum: 0.9 }),
});
marks.push(performance.now());
const program = await loadTraining(training, model, { runtime });
marks.push(performance.now());
const [build, weights, trace, rest] = marks.slice(1).map((mark, i) => mark - marks[i]);
const { nodes } = program.training.graph;
console.log(
  JSON.stringify({ build, weights, trace, emit: rest - load, load, total: build + trace + rest, nodes: nodes.length, bytes }),
);
await program.dispose();

/** Ocelli's training step in a process of its own, so that its peak memory can be told: answers load_training and train. */
import { createInterface } from 'node:readline';
import { float32 } from '../dist/base/tensor.js';
import { compileTraining, estimateMemory } from '../dist/program/index.js';
import { nodeRuntime } from '../dist/runtime/ort-node.js';
import { lossOf, sgd } from '../dist/train/index.js';
import { alive, labels, pictures } from './ocelli.mjs';

let program;
let feeds;

const requests = {
  async load_training({ model, size, batch, channels, classes, threads, backend, recompute = false }) {
    const runtime = await nodeRuntime({ threads, backend });
    const net = await alive(model);
    program = await compileTraining(net, {
      ...lossOf(net),
      runtime,
      recompute,
      inputs: { input: { dtype: 'float32', shape: [batch, channels, size, size] } },
      targets: { target: { dtype: 'int64', shape: [batch] } },
      optimizer: sgd({ momentum: 0.9 }),
    });
    feeds = { input: pictures([batch, channels, size, size]), target: labels(batch, classes), learningRate: float32([], [0.01]) };
    return { estimate: estimateMemory(program.training).total };
  },
  async train({ runs }) {
    const start = performance.now();
    for (let i = 0; i < runs; i++) await program.step(feeds);
    return { milliseconds: (performance.now() - start) / runs, peak: process.resourceUsage().maxRSS * 1024 };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, args] = JSON.parse(line);
  console.log(JSON.stringify(await requests[name](args)));
}
process.exit();

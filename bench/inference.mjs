/** Inference at 224: torch eager, plain ONNX Runtime on torch's own export, and Ocelli, taking turns. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ort from 'onnxruntime-node';
import { compile, summarize } from '../dist/program/index.js';
import { nodeRuntime } from '../dist/runtime/ort-node.js';
import { alive, pictures } from './ocelli.mjs';
import { machine, publish, table, threads } from './report.mjs';
import { interleave, median, ratio, timed, timedTorch } from './rounds.mjs';
import { torchWorker } from './worker.mjs';

export const models = [...Array.from({ length: 8 }, (_, i) => `efficientnet_b${i}`), 'mnasnet1_0', 'resnet50', 'mobilenet_v2'];

const MATMUL = 2048;

async function measure(name, batch, { rounds, torch, runtime, folder, matmul }) {
  const file = join(folder, 'model.onnx');
  await torch.ask('load', { model: name, batch, export: file });
  const plain = await ort.InferenceSession.create(file, { intraOpNumThreads: threads });
  const model = await alive(name);
  const inputs = { input: { dtype: 'float32', shape: ['N', 3, 224, 224] } };
  const program = await compile(model, { runtime, inputs });
  const input = pictures([batch, 3, 224, 224]);
  const feed = new ort.Tensor('float32', input.data, input.shape);
  const times = await interleave(
    {
      torch: timedTorch(torch),
      plain: timed(() => plain.run({ input: feed })),
      ocelli: timed(() => program.run({ input })),
      matmul: timed(matmul),
    },
    // Single pictures take milliseconds, where a neighbour's burst counts most; their turns are short, so they have more.
    batch === 1 ? 3 * rounds : rounds,
  );
  await plain.release();
  await program.dispose();
  const { multiplyAdds } = summarize(model, { inputShape: [batch, 3, 224, 224] });
  return { name, batch, times, speed: (2 * multiplyAdds) / median(times.ocelli) };
}

function rowOf({ name, batch, times, speed }, peak) {
  const ms = (key) => median(times[key]).toFixed(1);
  return [
    name,
    batch,
    ms('torch'),
    ms('plain'),
    ms('ocelli'),
    ratio(times, 'ocelli', 'plain').toFixed(2),
    ratio(times, 'ocelli', 'torch').toFixed(2),
    `${((100 * speed) / peak).toFixed(0)} %`,
  ];
}

export async function inference({ rounds = 7, only, write }) {
  const folder = mkdtempSync(join(tmpdir(), 'ocelli-bench-'));
  const torch = torchWorker();
  const runtime = await nodeRuntime({ threads });
  try {
    const versions = await torch.ask('info', { threads });
    const product = join(folder, 'matmul.onnx');
    await torch.ask('matmul', { size: MATMUL, export: product });
    const session = await ort.InferenceSession.create(product, { intraOpNumThreads: threads });
    const matrix = new ort.Tensor('float32', new Float32Array(MATMUL ** 2).fill(1), [MATMUL, MATMUL]);
    let peak = 0;
    const matmul = async () => {
      const start = performance.now();
      await session.run({ a: matrix, b: matrix });
      peak = Math.max(peak, (2 * MATMUL ** 3) / (performance.now() - start));
    };
    const results = [];
    for (const name of models.filter((name) => !only || only.includes(name))) {
      for (const batch of [1, 8]) {
        results.push(await measure(name, batch, { rounds, torch, runtime, folder, matmul }));
        console.log(rowOf(results.at(-1), peak).join('  '));
      }
    }
    const head = ['model', 'batch', 'torch ms', 'plain ms', 'Ocelli ms', 'Ocelli / plain', 'Ocelli / torch', 'of peak'];
    const text = [
      '## Inference',
      `\`npm run bench -- inference\`, ${new Date().toISOString().slice(0, 10)}. ${machine(versions)}.`,
      `224x224 pictures, medians of ${rounds} rounds (single pictures: ${3 * rounds}) in which the rivals take turns; ratios are medians of the ratios within rounds. ` +
        "*plain* is ONNX Runtime on torch's own export. *of peak* is Ocelli's share of the best 2048x2048x2048 matrix product " +
        `of the run, ${(peak / 1e6).toFixed(0)} GFLOP/s at best, a multiply-add counting as two.`,
      table(
        head,
        results.map((result) => rowOf(result, peak)),
      ),
    ].join('\n\n');
    publish('inference', text, write);
  } finally {
    torch.close();
    await runtime.dispose();
    rmSync(folder, { recursive: true });
  }
}

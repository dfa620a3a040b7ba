/** `node zoo-worker.mjs MODEL [ROUNDS]`: one model measured on a single picture as its preset makes it; prints the result as JSON. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ort from 'onnxruntime-node';
import { getPreset } from '../dist/models/index.js';
import { compile, summarize } from '../dist/program/index.js';
import { nodeRuntime } from '../dist/runtime/ort-node.js';
import { presetChannels } from '../dist/transforms/index.js';
import { alive, pictures } from './ocelli.mjs';
import { threads } from './report.mjs';
import { interleave, median, ratio, timed, timedTorch } from './rounds.mjs';
import { torchWorker } from './worker.mjs';

/** A turn is this long, in milliseconds, unless one run is longer. */
const TURN = 120;
/** The rounds of a model take about this long, but are from 5 to 9. */
const BUDGET = 6000;
/** Nearer to the bound of 1.05 than this, as many rounds again are added, whichever way they go. */
const CLOSE = 1.04;

/** How far the two results are apart, relative to the larger one's largest value. */
function difference(a, b) {
  let [apart, scale] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    apart = Math.max(apart, Math.abs(a[i] - b[i]));
    scale = Math.max(scale, Math.abs(a[i]), Math.abs(b[i]));
  }
  return a.length === b.length && scale > 0 ? apart / scale : Number.NaN;
}

async function measure(name, given, folder, torch, runtime) {
  const preset = await getPreset(name);
  const shape = [1, presetChannels(preset), preset.crop, preset.crop];
  const file = join(folder, 'model.onnx');
  await torch.ask('info', { threads });
  await torch.ask('load', { model: name, batch: 1, export: file, channels: shape[1], size: preset.crop });
  const plain = await ort.InferenceSession.create(file, { intraOpNumThreads: threads });
  const model = await alive(name);
  const inputs = { input: { dtype: 'float32', shape: ['N', ...shape.slice(1)] } };
  const program = await compile(model, { runtime, inputs });
  const input = pictures(shape);
  const feed = { input: new ort.Tensor('float32', input.data, input.shape) };
  // Only what computes the same is compared: another network would be off by the whole of its result. Rounding alone makes 0.002 in
  // torch and 0.04 between the two for EfficientNetV2-M and -L, deep networks on noise of 480x480; parity is for the tests to prove.
  const theirs = (await plain.run(feed))[plain.outputNames[0]].data;
  const ours = Object.values(await program.run({ input }))[0].data;
  const apart = difference(theirs, ours);
  if (!(apart < 0.1))
    throw new Error(`${name}: Ocelli's result differs from plain ONNX Runtime's by ${apart} of its largest value`);
  const rivals = {
    torch: timedTorch(torch, TURN),
    plain: timed(() => plain.run(feed), TURN),
    ocelli: timed(() => program.run({ input }), TURN),
  };
  const rounds = given ?? ((warm) => Math.min(9, Math.max(5, Math.floor(BUDGET / Math.max(warm, 3 * TURN)))));
  const times = await interleave(rivals, rounds);
  if (ratio(times, 'ocelli', 'plain') > CLOSE) {
    const more = await interleave(rivals, times.plain.length);
    for (const rival of Object.keys(times)) times[rival].push(...more[rival]);
  }
  const { params, multiplyAdds } = summarize(model, { inputShape: shape });
  return {
    ...{ size: preset.crop, params, multiplyAdds, rounds: times.plain.length },
    ...{ torch: median(times.torch), plain: median(times.plain), ocelli: median(times.ocelli) },
    ...{ toPlain: ratio(times, 'ocelli', 'plain'), toTorch: ratio(times, 'ocelli', 'torch') },
  };
}

const [name, rounds] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'ocelli-zoo-'));
const torch = torchWorker();
const runtime = await nodeRuntime({ threads });
try {
  const result = await measure(name, rounds === undefined ? undefined : Number(rounds), folder, torch, runtime);
  console.log(JSON.stringify(result, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(9)) : value)));
} finally {
  torch.close();
  rmSync(folder, { recursive: true });
}
process.exit();

/**
 * What torch.onnx.export writes for torchvision's models is read, and written again gives what torch gives; and the gradient
 * added to a ResNet is torch's: saliency maps equal within float32's rounding.
 *
 * Rounding decides at kinks (an input of ReLU or max pooling within float32's error of the kink). On these pictures it decides
 * alike on both sides; should a test fail, its message says how far such decisions may move the gradient (../parity/kinks.py).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { int64, type Tensor } from '../../src/base/tensor.ts';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import { readOnnx } from '../../src/compiler/onnx/read.ts';
import { gradOnnx } from '../../src/program/grad-onnx.ts';
import { python } from '../gradients/python.ts';
import { runModel } from '../gradients/run.ts';
import { pictures } from '../parity/fill.ts';
import { GAPS } from '../parity/goldens.ts';
import { whyNoTorch } from '../parity/python.ts';

const reason = whyNoTorch();
if (reason) console.log(`Live reading of torch's exports is skipped: ${reason}`);

/** What exports.py prints of a model. */
interface Exported {
  readonly name: string;
  readonly model: string;
  readonly shape: readonly [number, number, number, number];
  readonly results: Readonly<Record<string, { readonly gap: number; readonly lean: number }>>;
}

const gradients = ['resnet18:13:grad', 'resnet50:16:dynamic:grad', 'efficientnet_b0:14:grad'];
const models = [
  ...['vgg11:12', 'squeezenet1_1:11:dynamic', 'densenet121:13', 'googlenet:12', 'shufflenet_v2_x1_0:12:dynamic'],
  ...['mobilenet_v2:15:dynamic', 'mobilenet_v3_small:14', 'mnasnet1_0:9', 'regnet_y_400mf:16', 'convnext_tiny:17', 'resnet18:10'],
];

describe.skipIf(reason)("torch's exports", () => {
  let folder: string;
  let exports: readonly Exported[];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ocelli-exports-'));
    const script = new URL('exports.py', import.meta.url).pathname;
    const { stdout, stderr, status } = spawnSync(python, [script, folder, ...models, ...gradients], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    exports = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Exported] : []));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function exported(name: string): Exported {
    const found = exports.find((one) => one.name === name);
    if (!found) throw new Error(`torch exported no ${name}`);
    return found;
  }

  /** How far a result is from torch's float64 values, in tolerances without and with what kinks move. */
  function distance({ model, results }: Exported, key: string, data: ArrayLike<number | bigint>) {
    const { gap, lean } = results[key] as { gap: number; lean: number };
    const bytes = readFileSync(model.replace(/onnx$/, `${key}.f64`));
    const expected = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
    const errors = Array.from(expected, (value, i) => Math.abs(value - Number(data[i])));
    const worst = errors.reduce((a, b) => Math.max(a, b), 0);
    const within = errors.filter((error) => error <= GAPS * gap).length / errors.length;
    const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    return { error: worst / (GAPS * gap), leaning: worst / (GAPS * (gap + lean)), within, worst, largest };
  }

  function spread(logits: ArrayLike<number | bigint>): number {
    const half = logits.length / 2;
    return Math.max(...Array.from({ length: half }, (_, i) => Math.abs(Number(logits[i]) - Number(logits[half + i]))));
  }

  it.each(models)('%s gives the same when it is read', async (name) => {
    const torch = exported(name);
    const bytes = readFileSync(torch.model);
    const feeds = new Map<string, Tensor>([['input', pictures('input', torch.shape)]]);
    const read = await readOnnx(bytes);
    const { model } = emitOnnx(read.builder.build(read.outputs), { parameters: read.parameters as ReadonlyMap<string, Tensor> });
    const direct = (await runModel(bytes, feeds)).get('logits');
    const again = (await runModel(model, feeds)).get('logits');
    if (!direct || !again) throw new Error('no logits came');
    const [before, after] = [distance(torch, 'logits', direct.data), distance(torch, 'logits', again.data)];
    console.log(
      `${name}: off by ${after.error.toFixed(2)} tolerances, ONNX Runtime on torch's file by ${before.error.toFixed(2)}`,
    );
    expect(after.error).toBeLessThanOrEqual(1);
    const { gap } = torch.results.logits as { gap: number };
    expect(spread(again.data) / (GAPS * gap)).toBeGreaterThan(1000);
    rmSync(torch.model);
  });

  it.each(gradients)('saliency of %s', async (name) => {
    const torch = exported(name);
    const classes = int64([2], [7, 107]);
    const added = await gradOnnx(readFileSync(torch.model), { wrt: ['input'], of: 'logits:class' });
    const feeds = new Map<string, Tensor>([
      ['input', pictures('input', torch.shape)],
      ['class:logits', classes],
    ]);
    const results = await runModel(added.model, feeds);
    const [logits, gradient] = [results.get('logits'), results.get('grad:input')];
    if (!logits || !gradient) throw new Error('an output is missing');
    const answer = distance(torch, 'logits', logits.data);
    const saliency = distance(torch, 'gradient', gradient.data);
    console.log(
      `${name}: logits off by ${answer.error.toFixed(2)} tolerances; gradients up to ${saliency.largest.toExponential(1)} off by at most ` +
        `${saliency.worst.toExponential(1)}, ${saliency.error.toFixed(2)} tolerances (${saliency.leaning.toFixed(2)} with kinks), ` +
        `${(100 * saliency.within).toFixed(2)} % within one`,
    );
    expect(answer.error).toBeLessThanOrEqual(1);
    expect(saliency.error, `${saliency.leaning} tolerances that allow for kinks`).toBeLessThanOrEqual(1);
    rmSync(torch.model);
  });
});

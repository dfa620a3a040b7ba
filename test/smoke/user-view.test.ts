/**
 * "What a user writes" of the design, run: the pictures, tensors and graphs of one model, from the package's own entries.
 * Weights that would be downloaded come from a file here, so that no network is needed.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emitOnnx, grad, printGraph } from '../../src/compiler/index.ts';
import { efficientnet_b0 } from '../../src/models/classification/efficientnet.ts';
import { functional, pathsOf, Trace, trace } from '../../src/nn/index.ts';
import {
  bytesOf,
  compile,
  exportOnnx,
  float32,
  initialize,
  load,
  loadImage,
  loadWeights,
  nodeRuntime,
  OcelliError,
  type Runtime,
  saveWeights,
  stateDict,
} from '../../src/node.ts';

const cat: string = new URL('../../samples/strawberry.jpg', import.meta.url).pathname;
let folder = '';
let runtime: Runtime;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocelli-user-view-'));
  runtime = await nodeRuntime();
});
afterAll(async () => {
  await runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

test('pictures: a model by name with weights answers a picture', async () => {
  const file = join(folder, 'all.pth');
  const whole = efficientnet_b0();
  initialize(whole, { seed: 1 });
  await saveWeights(whole, file);
  await using classifier = await load('efficientnet_b0', { weights: file });
  const [best] = await classifier.classify(await loadImage(cat));
  if (!best) throw new Error('no answer');
  expect(Object.keys(best).sort()).toEqual(['index', 'label', 'logit', 'score']);
  expect(best.label).toBe(classifier.labels?.[best.index]);
  expect(best.score).toBeGreaterThanOrEqual(1 / 1000);
});

test('a Module of ten classes is saved, exported, and loaded again', async () => {
  const net = efficientnet_b0({ numClasses: 10 });
  await saveWeights(net, join(folder, 'b0.pth'));
  await exportOnnx(net, join(folder, 'b0.onnx'));
  expect((await stat(join(folder, 'b0.onnx'))).size).toBeGreaterThan(15e6);
  const again = efficientnet_b0({ numClasses: 10 });
  expect(await loadWeights(again, join(folder, 'b0.pth'))).toMatchObject({ missing: [], unexpected: [] });
  const values = stateDict(net);
  for (const [name, tensor] of stateDict(again)) {
    expect(Buffer.compare(bytesOf(tensor), bytesOf(values.get(name) ?? tensor)), name).toBe(0);
  }
  await expect(loadWeights(efficientnet_b0(), join(folder, 'b0.pth'))).rejects.toBeInstanceOf(OcelliError);
});

test('tensors: a compiled model takes and gives tensors by name', async () => {
  const net = efficientnet_b0({ numClasses: 10 });
  await using program = await compile(net, { runtime, inputs: { input: { dtype: 'float32', shape: ['N', 3, 32, 32] } } });
  const { logits } = await program.run({ input: float32([2, 3, 32, 32], new Float32Array(2 * 3 * 32 * 32)) });
  expect(logits?.shape).toEqual([2, 10]);
});

test('graphs: traced, differentiated, printed, emitted and run', async () => {
  const net = efficientnet_b0({ numClasses: 10 });
  const graph = trace(net, { inputs: { input: { dtype: 'float32', shape: ['N', 3, 32, 32] } } });
  expect(printGraph(graph)).toContain('@features.0.0');

  const builder = new Trace(pathsOf(net), 'inference');
  const input = builder.input('input', { dtype: 'float32', shape: [1, 3, 32, 32] });
  const loss = functional.sum(net.call(input));
  const [gradient] = grad(loss, [input]);
  if (!gradient) throw new Error('no gradient');
  const both = builder.build([
    { name: 'loss', value: loss },
    { name: 'gradient', value: gradient },
  ]);
  await using session = await runtime.load(emitOnnx(both, { parameters: stateDict(net) }));
  const pixels = float32(
    [1, 3, 32, 32],
    Float32Array.from({ length: 3 * 32 * 32 }, (_, i) => Math.sin(i)),
  );
  const result = await session.run({ input: pixels });
  expect(result.gradient?.shape).toEqual([1, 3, 32, 32]);
  expect(result.gradient?.data.every((value) => Number.isFinite(Number(value)))).toBe(true);
});

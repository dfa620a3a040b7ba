/**
 * GoogLeNet's published weights take pictures as (x - 0.5) / 0.5. torchvision normalizes them by ImageNet's mean and deviation and
 * has the network undo that (transform_input); here the preset makes them so at once. Both come to the same answers.
 */
import { expect, test } from 'vitest';
import { getModel } from '../../src/models/registry.ts';
import { namedParameters, stateDict } from '../../src/nn/index.ts';
import { memoryFiles } from '../../src/platform/memory-files.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { compile } from '../../src/program/compile.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import { load } from '../../src/tasks/classify.ts';
import { saveWeights } from '../../src/tasks/load-weights.ts';
import { preprocess } from '../../src/transforms/preset.ts';
import { readGolden } from '../parity/goldens.ts';
import { filledModel } from '../parity/run.ts';

test('load answers as torchvision does: ImageNet normalization undone by the network', async () => {
  const platform: Platform = { ...nodePlatform(), files: memoryFiles() };
  await using runtime = await nodeRuntime();
  const filled = await filledModel('googlenet', readGolden('googlenet').ranges);
  // The file has the auxiliary heads, as the published one.
  await saveWeights(filled, 'googlenet.pth', { platform });
  const image = { width: 260, height: 240, data: Uint8Array.from({ length: 260 * 240 * 3 }, (_, i) => (i * i * 7) % 251) };
  await using classifier = await load('googlenet', { weights: 'googlenet.pth', platform, runtime });
  const answers = await classifier.classify(image, { top: 5 });

  const net = await getModel('googlenet', { transformInput: true });
  const values = stateDict(filled);
  for (const [key, parameter] of namedParameters(net)) parameter.value = values.get(key);
  const mean = [0.485, 0.456, 0.406] as const;
  const input = preprocess(image, { ...classifier.preset, channels: 'rgb', mean, std: [0.229, 0.224, 0.225] });
  await using program = await compile(net, { runtime, inputs: { input: { dtype: 'float32', shape: [1, 3, 224, 224] } } });
  const { logits } = await program.run({ input });
  const found = Array.from(logits?.data as Float32Array);
  const best = [...found.keys()].sort((a, b) => (found[b] as number) - (found[a] as number)).slice(0, 5);
  expect(answers.map(({ index }) => index)).toEqual(best);
  for (const { index, logit } of answers) expect(found[index]).toBeCloseTo(logit, 3);
});

/** timm's MobileNet v1 becomes ours: all its keys and shapes, counted as its definition lists them, through the map and into answers. */
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import { mobilenet_v1 } from '../../src/models/classification/mobilenetv1.ts';
import { initialize, stateDict } from '../../src/nn/index.ts';
import { memoryFiles } from '../../src/platform/memory-files.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import { createClassifier } from '../../src/tasks/classifier.ts';
import { load } from '../../src/tasks/classify.ts';
import { loadWeights } from '../../src/tasks/load-weights.ts';
import { writeSafetensors } from '../../src/weights/safetensors-writer.ts';

const platform: Platform = { ...nodePlatform(), files: memoryFiles() };

/** Channels that each block gives, stage by stage, of timm's `mobilenetv1_100`. */
const stages: readonly (readonly number[])[] = [[64], [128, 128], [256, 256], [512, 512, 512, 512, 512, 512], [1024, 1024]];
const norm = ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'];

/** timm's keys in the order of its modules, with their shapes; width 0.25 keeps the file small. */
function timmTensors(width: number): [key: string, shape: number[]][] {
  const normOf = (path: string, channels: number): [string, number[]][] =>
    norm.map((name) => [`${path}.${name}`, name === 'num_batches_tracked' ? [] : [channels]]);
  const all: [string, number[]][] = [['conv_stem.weight', [32 * width, 3, 3, 3]], ...normOf('bn1', 32 * width)];
  let before = 32 * width;
  for (const [s, blocks] of stages.entries()) {
    for (const [b, channels] of blocks.entries()) {
      const after = channels * width;
      all.push([`blocks.${s}.${b}.conv_dw.weight`, [before, 1, 3, 3]], ...normOf(`blocks.${s}.${b}.bn1`, before));
      all.push([`blocks.${s}.${b}.conv_pw.weight`, [after, before, 1, 1]], ...normOf(`blocks.${s}.${b}.bn2`, after));
      before = after;
    }
  }
  return [...all, ['classifier.weight', [1000, before]], ['classifier.bias', [1000]]];
}

/** Ours and timm's modules stand in one order, so the values of ours in that order are a file of timm's. */
async function writeTimm(file: string, net: ReturnType<typeof mobilenet_v1>, width: number): Promise<void> {
  const ours = [...stateDict(net).values()];
  const tensors = timmTensors(width).map(([name, shape], i) => {
    const tensor = ours[i] as Tensor;
    expect(tensor.shape, name).toEqual(shape);
    return { name, dtype: tensor.dtype, shape, tensor };
  });
  expect(tensors).toHaveLength(ours.length);
  await writeSafetensors(await platform.files.create(file), tensors);
}

const net = mobilenet_v1({ widthMult: 0.25 });
beforeAll(async () => {
  initialize(net, { seed: 4 });
  await writeTimm('quarter.safetensors', net, 0.25);
});

test('every tensor comes to its place, at other widths too', async () => {
  const other = mobilenet_v1({ widthMult: 0.25 });
  const { loaded, missing, unexpected } = await loadWeights(other, 'quarter.safetensors', { platform, map: 'timm-mobilenetv1' });
  expect([loaded.length, missing, unexpected]).toEqual([stateDict(net).size, [], []]);
  const values = stateDict(other);
  for (const [name, { data }] of stateDict(net)) expect(values.get(name)?.data, name).toEqual(data);
});

test('without the map it is refused, and at full width the map is named', async () => {
  await expect(loadWeights(mobilenet_v1({ widthMult: 0.25 }), 'quarter.safetensors', { platform })).rejects.toMatchObject({
    code: 'state-dict',
  });
  const full = mobilenet_v1();
  initialize(full, { seed: 5 });
  await writeTimm('full.safetensors', full, 1);
  const loading = loadWeights(mobilenet_v1(), 'full.safetensors', { platform, model: 'mobilenet_v1' });
  await expect(loading).rejects.toThrow(
    /unexpected conv_stem\.weight .*it looks like mobilenet_v1 under other keys: `ocelli weights convert --map timm-mobilenetv1`/,
  );
  const missing = loadWeights(mobilenet_v1(), 'full.safetensors', { platform, map: 'timm-mobilenetv2' });
  await expect(missing).rejects.toThrow('there is no map "timm-mobilenetv2"; Ocelli has timm-mobilenetv1');

  // The values are drawn at random: what can be compared are the answers, of ImageNet's names.
  const runtime = await nodeRuntime();
  const image = await nodePlatform().decodeImage(await readFile(new URL('../../samples/clock.jpg', import.meta.url)));
  await using classifier = await load('mobilenet_v1', {
    platform,
    runtime,
    weights: 'full.safetensors',
    map: 'timm-mobilenetv1',
  });
  await using same = await createClassifier(full, { runtime, preset: classifier.preset });
  const [ours, theirs] = [await same.classify(image), await classifier.classify(image)];
  expect(theirs.map(({ index, logit }) => ({ index, logit }))).toEqual(ours.map(({ index, logit }) => ({ index, logit })));
  expect(classifier.labels?.[281]).toBe('tabby');
  await runtime.dispose();
});

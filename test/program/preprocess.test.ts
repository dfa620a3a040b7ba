/** Preprocessing baked into a graph against the exact pipeline: pictures of awkward sizes, and photos; native and WASM. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tensor } from '../../src/base/tensor.ts';
import { GraphBuilder } from '../../src/compiler/ir/builder.ts';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import { shapeRules } from '../../src/compiler/ops/table.ts';
import type { RgbImage } from '../../src/platform/image.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import { preprocessed } from '../../src/program/preprocess.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import { webRuntime } from '../../src/runtime/ort-web.ts';
import type { Runtime, Session } from '../../src/runtime/runtime.ts';
import { type ClassificationPreset, preprocess } from '../../src/transforms/preset.ts';
import { hashedPicture } from '../transforms/pictures.ts';

const imagenet = { kind: 'classification', mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
const presets: Readonly<Record<string, ClassificationPreset>> = {
  bilinear: { ...imagenet, resize: 256, crop: 224, interpolation: 'bilinear' },
  bicubic: { ...imagenet, resize: 236, crop: 224, interpolation: 'bicubic' },
  box: { ...imagenet, resize: 64, crop: 56, interpolation: 'box' },
  'larger crop, bgr, 0..255': { ...imagenet, resize: 41, crop: 64, interpolation: 'bilinear', channels: 'bgr', range: 255 },
  gray: { kind: 'classification', resize: 28, crop: 28, interpolation: 'bilinear', channels: 'gray', mean: [0.5], std: [0.25] },
};

/** Width and height: square, panoramic, enlarged, unchanged, one pixel. */
const sizes = [
  [300, 200],
  [200, 301],
  [1024, 77],
  [31, 47],
  [256, 256],
  [256, 400],
  [1, 1],
  [640, 480],
  [333, 1000],
] as const;

const folder = '../shared/data/photos/';
const photos = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.jpg')) : [];
if (photos.length === 0) console.log(`Baked preprocessing of photos is skipped: there are none in ${folder}`);

async function loadPreset(preset: ClassificationPreset, runtime: Runtime, portable: boolean): Promise<Session> {
  const builder = new GraphBuilder(shapeRules);
  const pictures = builder.input('input', { dtype: 'uint8', shape: ['N', 'H', 'W', 3] });
  const graph = builder.build([{ name: 'output', value: preprocessed(pictures, preset) }]);
  return runtime.load(emitOnnx(graph, { portable }), { optimize: true });
}

/** In how many values the two ways differ, and the most that they do. */
async function difference(session: Session, image: RgbImage, preset: ClassificationPreset) {
  const { output } = await session.run({ input: tensor('uint8', [1, image.height, image.width, 3], image.data.slice()) });
  const expected = preprocess(image, preset);
  expect(output?.shape).toEqual(expected.shape);
  let [count, most] = [0, 0];
  expected.data.forEach((value, i) => {
    const off = Math.abs(Number(output?.data[i]) - value);
    if (off !== 0) count++;
    if (!(off <= most)) most = off;
  });
  return { count, most };
}

describe.each([
  ['native', nodeRuntime],
  ['WASM', webRuntime],
] as const)('%s', (name, start) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await start();
  });
  afterAll(() => runtime.dispose());

  it.each(Object.entries(presets))('%s: every bit is that of the exact pipeline', async (_, preset) => {
    await using session = await loadPreset(preset, runtime, name === 'WASM');
    for (const [width, height] of sizes) {
      const { count } = await difference(session, hashedPicture(1, width, height), preset);
      expect(count, `${width}x${height}`).toBe(0);
    }
  });

  it.skipIf(photos.length === 0)('photos: every bit is that of the exact pipeline', { timeout: 300_000 }, async () => {
    const platform = nodePlatform();
    const chosen = name === 'WASM' ? photos.slice(0, 3) : photos;
    let [values, differ, worst] = [0, 0, 0];
    for (const [, preset] of Object.entries(presets).slice(0, 2)) {
      await using session = await loadPreset(preset, runtime, false);
      for (const file of chosen) {
        const image = await platform.decodeImage(readFileSync(folder + file));
        const { count, most } = await difference(session, image, preset);
        [values, differ, worst] = [values + 3 * preset.crop ** 2, differ + count, Math.max(worst, most)];
      }
    }
    console.log(`${name}: of ${values} values of ${chosen.length} photos ${differ} differ, by ${worst} at most`);
    expect(differ).toBe(0);
  });
});

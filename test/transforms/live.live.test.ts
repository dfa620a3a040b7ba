/** Decoding and whole presets against Pillow and torchvision themselves, on photographs and on pictures of many kinds. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bytesOf } from '../../src/base/tensor.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import { type ClassificationPreset, preprocess } from '../../src/transforms/index.ts';

const python = process.env.OCELLI_PYTHON ?? '/usr/bin/python3';
const shared = join(import.meta.dirname, '../../../shared');
const weights = join(shared, 'reference/torchvision-weights.json');

interface Reference {
  readonly presets: readonly ClassificationPreset[];
  readonly pictures: readonly {
    readonly path: string;
    readonly width: number;
    readonly height: number;
    readonly rgb: string;
    readonly presets: readonly string[];
    readonly made: boolean;
  }[];
}

function photos(): string[] {
  return ['data/photos', 'data/imagenet10', 'data/coco_images']
    .map((folder) => join(shared, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => path.endsWith('.jpg'));
}

/** Why the comparison cannot run here, or undefined. */
function missing(): string | undefined {
  if (photos().length === 0 || !existsSync(weights)) return `no test pictures or weights list in ${shared}`;
  try {
    execFileSync(python, ['-c', 'import PIL, torchvision'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `${python} has no PIL and torchvision`;
  }
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function largestDifference(a: Uint8Array, b: Uint8Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)));
  return largest;
}

const reason = missing();
if (reason !== undefined) console.log(`skipped: live comparison with Pillow and torchvision: ${reason}`);

describe.skipIf(reason !== undefined)('Pillow and torchvision', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ocelli-live-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const reference =
    reason === undefined
      ? (JSON.parse(
          execFileSync(python, [join(import.meta.dirname, 'live.py'), folder, weights, ...photos()], {
            encoding: 'utf8',
            maxBuffer: 1 << 26,
          }),
        ) as Reference)
      : { presets: [], pictures: [] };
  const platform = nodePlatform();
  for (const picture of reference.pictures) {
    it(`${basename(picture.path)}: decoded, ${picture.presets.length} presets`, async () => {
      const image = await platform.decodeImage(readFileSync(picture.path));
      expect([image.width, image.height]).toEqual([picture.width, picture.height]);
      if (picture.made) expect(largestDifference(image.data, readFileSync(`${picture.path}.rgb`)), 'largest difference').toBe(0);
      expect(digest(image.data)).toBe(picture.rgb);
      for (const [index, expected] of picture.presets.entries()) {
        const preset = reference.presets[index] as ClassificationPreset;
        expect(digest(bytesOf(preprocess(image, preset))), JSON.stringify(preset)).toBe(expected);
      }
    });
  }
});

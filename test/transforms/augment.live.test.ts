/**
 * Augmentations against torchvision on PIL pictures, live: random parameters, odd and tiny sizes, gray and RGB.
 *
 * The goldens of whole pipelines are torchvision's answers here, written by:
 *   OCELLI_GOLDENS=1 npx vitest run --project parity test/transforms/augment.live.test.ts -t pipelines
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bytesOf, float32 } from '../../src/base/tensor.ts';
import type { Picture } from '../../src/platform/image.ts';
import { adjustSaturation } from '../../src/transforms/kernels/enhance.ts';
import { toGray } from '../../src/transforms/kernels/gray.ts';
import { adjustHue } from '../../src/transforms/kernels/hue.ts';
import { ourDraws, smirnov } from './augment-draws.ts';
import { mixCases } from './augment-mix-cases.ts';
import { compareSpaces, operationCases, runOperation, type TheirSpaces } from './augment-operations.ts';
import { compareBytes, type KernelCase, runKernel } from './augment-pictures.ts';
import { pipelineCases } from './augment-pipelines.ts';
import { digest } from './pictures.ts';

const python = process.env.OCELLI_PYTHON ?? '/usr/bin/python3';
const seed = Number(process.env.OCELLI_SEED ?? 1);
const count = Number(process.env.OCELLI_CASES ?? 120);

/** Why the comparison cannot run here, or undefined. */
function missing(): string | undefined {
  try {
    execFileSync(python, ['-c', 'import PIL, torchvision'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `${python} has no PIL and torchvision`;
  }
}

const reason = missing();
if (reason !== undefined) console.log(`skipped: live comparison of augmentations with torchvision: ${reason}`);

describe.skipIf(reason !== undefined)('torchvision on PIL pictures', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ocelli-augment-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = <T>(script: string, ...args: readonly (string | number)[]): T =>
    JSON.parse(
      execFileSync(python, [join(import.meta.dirname, script), ...args.map(String)], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        env: { ...process.env, OMP_NUM_THREADS: '1' },
      }),
    ) as T;

  interface Answer {
    readonly case: KernelCase;
    readonly width: number;
    readonly height: number;
    readonly channels: number;
  }

  it(`every kernel, ${count} cases each, in every bit (seed ${seed})`, () => {
    const path = join(folder, 'kernels.bin');
    const answers = run<readonly Answer[]>('augment_kernels.py', seed, count, path);
    const bytes = readFileSync(path);
    const wrong: string[] = [];
    const seen = new Map<string, number>();
    let offset = 0;
    for (const { case: given, width, height, channels } of answers) {
      const theirs = bytes.subarray(offset, offset + width * height * channels);
      offset += theirs.length;
      const ours = runKernel(given);
      const { differing, most } = compareBytes(ours.data, theirs);
      seen.set(given.kernel, (seen.get(given.kernel) ?? 0) + 1);
      if (ours.width !== width || ours.height !== height || ours.channels !== channels || differing > 0) {
        wrong.push(`${differing} of ${theirs.length} bytes by up to ${most}: ${JSON.stringify(given)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect([...seen.values()].every((cases) => cases === count)).toBe(true);
    expect(seen.size).toBe(18);
  });

  it('every one of 2^24 colours: gray, hue, saturation', () => {
    const answers = run<{ gray: string; hue: readonly [number, string][]; saturation: readonly [number, string][] }>(
      'augment_colours.py',
    );
    const data = new Uint8Array(3 << 24);
    for (let i = 0, to = 0; i < 1 << 24; i++) {
      data[to++] = i >> 16;
      data[to++] = (i >> 8) & 255;
      data[to++] = i & 255;
    }
    const picture: Picture = { width: 4096, height: 4096, channels: 3, data };
    const whole = (image: Picture): string => createHash('sha256').update(image.data).digest('hex');
    expect(whole(toGray(picture))).toBe(answers.gray);
    for (const [factor, expected] of answers.hue) expect(whole(adjustHue(picture, factor)), `hue ${factor}`).toBe(expected);
    for (const [factor, expected] of answers.saturation) {
      expect(whole(adjustSaturation(picture, factor)), `saturation ${factor}`).toBe(expected);
    }
  });

  it('every operation of AutoAugment and its kin at every level; their spaces and policies', () => {
    const cases = operationCases(seed);
    writeFileSync(join(folder, 'operations.json'), JSON.stringify(cases));
    const path = join(folder, 'operations.bin');
    const theirs = run<TheirSpaces>('augment_operations.py', join(folder, 'operations.json'), path);
    const bytes = readFileSync(path);
    const wrong: string[] = [];
    let offset = 0;
    for (const given of cases) {
      const ours = runOperation(given);
      const { differing, most } = compareBytes(ours.data, bytes.subarray(offset, offset + ours.data.length));
      offset += ours.data.length;
      if (differing > 0) wrong.push(`${differing} of ${ours.data.length} bytes by up to ${most}: ${JSON.stringify(given)}`);
    }
    expect(offset).toBe(bytes.length);
    expect(wrong).toEqual([]);
    compareSpaces(theirs);
  });

  it(`whole pipelines, torchvision made to draw what we drew, ${5 * count} lists`, () => {
    const cases = pipelineCases(seed, 5 * count);
    writeFileSync(join(folder, 'pipelines.json'), JSON.stringify(cases.map(({ given }) => given)));
    const path = join(folder, 'pipelines.bin');
    const shapes = run<readonly (readonly number[])[]>('augment_pipelines.py', join(folder, 'pipelines.json'), path);
    const bytes = readFileSync(path);
    const theirs: Float32Array[] = [];
    const wrong: string[] = [];
    let offset = 0;
    for (const [index, { given, sample }] of cases.entries()) {
      const length = (shapes[index] ?? []).reduce((a, b) => a * b, 1);
      const start = bytes.byteOffset + offset;
      const their = new Float32Array(bytes.buffer.slice(start, start + 4 * length));
      theirs.push(their);
      offset += 4 * length;
      const differing = length === sample.length ? sample.filter((value, i) => value !== their[i]).length : sample.length;
      if (differing > 0) wrong.push(`${differing} of ${length} numbers: ${JSON.stringify({ ...given, draws: undefined })}`);
    }
    expect(offset).toBe(bytes.length);
    expect(wrong).toEqual([]);
    if (process.env.OCELLI_GOLDENS === '1') {
      const digests = theirs.slice(0, 132).map((sample) => digest(bytesOf(float32([sample.length], sample))));
      const golden = `${JSON.stringify({ seed, digests }, null, 1)}\n`;
      writeFileSync(join(import.meta.dirname, 'augment-pipelines.golden.json'), golden);
    }
  });

  it('parameters are drawn from the same distributions (Kolmogorov and Smirnov)', () => {
    const theirs = run<{ readonly [name: string]: readonly number[] }>('augment_draws.py', 12, 6000);
    const ours = ourDraws(13, 6000);
    expect([...ours.keys()].sort()).toEqual(Object.keys(theirs).sort());
    for (const [name, values] of ours) expect(smirnov(values, theirs[name] ?? []), name).toBeLessThan(1.95);
    expect(smirnov(ours.get('beta 0.2') ?? [], theirs['beta 0.4'] ?? [])).toBeGreaterThan(3);
  });

  it('mixed batches and their targets, in every bit', () => {
    const cases = mixCases(seed, 40);
    writeFileSync(join(folder, 'mix.json'), JSON.stringify(cases.map(({ given }) => given)));
    const path = join(folder, 'mix.bin');
    run<number>('augment_mix.py', join(folder, 'mix.json'), path);
    const bytes = readFileSync(path);
    let offset = 0;
    for (const { given, batch, targets } of cases) {
      for (const ours of [batch, targets]) {
        const their = bytes.subarray(offset, offset + ours.byteLength);
        offset += ours.byteLength;
        expect(Buffer.from(ours.buffer, ours.byteOffset, ours.byteLength).equals(their), JSON.stringify(given)).toBe(true);
      }
    }
    expect(offset).toBe(bytes.length);
  });

  it('gaussian blur: the few sums close to a half aside, in every bit', () => {
    const answers = run<readonly Answer[]>('augment_blur.py', seed, count, join(folder, 'blur.bin'));
    const bytes = readFileSync(join(folder, 'blur.bin'));
    let [offset, differing] = [0, 0];
    for (const { case: given, width, height, channels } of answers) {
      const theirs = bytes.subarray(offset, offset + width * height * channels);
      offset += theirs.length;
      const compared = compareBytes(runKernel(given).data, theirs);
      expect(compared.most, JSON.stringify(given)).toBeLessThanOrEqual(1);
      differing += compared.differing;
    }
    console.log(`gaussian blur: ${differing} of ${offset} bytes differ, by 1`);
    expect(differing / offset).toBeLessThan(2e-4);
  });
});

/** Mutated files of data sets: each ends in a data set or an OcelliError, and takes no more memory than its file can hold. */
import { expect, test } from 'vitest';
import { isOcelliError } from '../../src/base/errors.ts';
import { RandomStream } from '../../src/base/random-stream.ts';
import { type Dataset, imageTar, openCifar, openIdx } from '../../src/data/index.ts';
import type { Platform, Threads } from '../../src/platform/platform.ts';
import { bmp, concat, gzip, idx, noise, platformWith, tar } from './files.ts';

const CASES = Number(process.env.OCELLI_FUZZ_CASES ?? 2000);
const SEED = Number(process.env.OCELLI_FUZZ_SEED ?? 20_261_124);

const pictures = idx([6, 4, 3], noise(1, 72));
const labels = idx([6], Uint8Array.of(0, 1, 2, 0, 1, 2));
const archive = tar([
  { name: 'p/a/1.bmp', data: bmp(1, 4, 4) },
  { name: 'x', type: 'x', data: new TextEncoder().encode('18 path=p/b/2.bmp\n') },
  { name: 'cut', data: bmp(2, 4, 4) },
  { name: '././@LongLink', type: 'L', data: new TextEncoder().encode('p/a/3.bmp\0') },
  { name: 'cut', data: bmp(3, 4, 4) },
]);
const records = concat([Uint8Array.of(3), noise(1, 3072), Uint8Array.of(9), noise(2, 3072)]);

interface Target {
  readonly files: Readonly<Record<string, Uint8Array>>;
  open(platform: Platform): Promise<Dataset>;
}

const idxOptions = { name: 'own', classes: ['a', 'b', 'c'], images: 'images', labels: 'labels' };
const targets: readonly Target[] = [
  { files: { images: pictures, labels }, open: (platform) => openIdx({ platform, ...idxOptions }) },
  { files: { images: gzip(pictures), labels: gzip(labels) }, open: (platform) => openIdx({ platform, ...idxOptions }) },
  { files: { 'p.tar': archive }, open: (platform) => imageTar({ platform, file: 'p.tar' }) },
  { files: { 'p.tar': gzip(archive) }, open: (platform) => imageTar({ platform, file: 'p.tar' }) },
  { files: { 'x.bin': records }, open: (platform) => openCifar({ platform, files: ['x.bin'], labels: 'cifar10' }) },
];

/** Some bytes changed, cut out, doubled or appended. */
function mutated(bytes: Uint8Array, random: RandomStream): Uint8Array {
  const copy = bytes.slice();
  for (let left = 1 + random.below(4); left > 0; left--) {
    const at = random.below(copy.length);
    copy[at] = random.chance(0.5) ? random.bits() & 255 : (copy[at] as number) ^ (1 << random.below(8));
  }
  const cut = random.below(copy.length);
  const kind = random.below(6);
  if (kind === 0) return copy.subarray(0, cut);
  if (kind === 1) return concat([copy.subarray(0, cut), copy.subarray(Math.min(copy.length, cut + random.below(600)))]);
  if (kind === 2) return concat([copy, copy.subarray(cut)]);
  return copy;
}

test(`${CASES} mutated files`, async () => {
  const outcomes = { opened: 0, refused: 0 };
  for (let number = 0; number < CASES; number++) {
    const random = new RandomStream(SEED + number);
    const { files, open } = targets[random.below(targets.length)] as Target;
    const changed = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, mutated(bytes, random)]));
    let taken = 0;
    const memory: Threads['memory'] = (length) => {
      taken += length;
      return new Uint8Array(length);
    };
    const threads: Threads = { memory, start: () => expect.fail('no thread is needed') };
    const platform = { ...(await platformWith(changed)), threads };
    const size = Object.values(changed).reduce((sum, bytes) => sum + bytes.length, 0);
    try {
      const set = await open(platform);
      for (let i = 0; i < set.length; i++) await set.get(i);
      outcomes.opened++;
    } catch (error) {
      if (!isOcelliError(error)) throw new Error(`case ${number}: ${String(error)}`, { cause: error });
      outcomes.refused++;
    }
    expect(taken).toBeLessThanOrEqual(size * 1032);
  }
  // The mutations reach both sides.
  expect(outcomes.opened).toBeGreaterThan(CASES / 20);
  expect(outcomes.refused).toBeGreaterThan(CASES / 4);
});

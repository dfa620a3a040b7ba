/** Parts of data sets: what goes where, and that the seed alone decides. */
import { describe, expect, test } from 'vitest';
import { fewShot, packedDataset, stratifiedSplit, subset } from '../../src/data/index.ts';
import { noise } from './files.ts';

/** 3 classes of 50, 30 and 1 samples; sample i is known by its only pixel. */
const labels = Uint8Array.from({ length: 81 }, (_, i) => (i === 40 ? 2 : i % 8 < 3 ? 1 : 0));
const set = packedDataset({
  name: 'own',
  classes: ['many', 'some', 'one'],
  width: 1,
  height: 1,
  channels: 1,
  pixels: Uint8Array.from({ length: 81 }, (_, i) => i),
  labels,
});

function membersOf(part: typeof set): number[] {
  return Array.from({ length: part.length }, (_, i) => {
    const sample = part.get(i);
    if (sample instanceof Promise) throw new Error('a sample in memory is there at once');
    expect(sample.label).toBe(part.label(i));
    return sample.picture.data[0] as number;
  });
}

function countsOf(part: typeof set): number[] {
  const counts = [0, 0, 0];
  for (const member of membersOf(part)) counts[labels[member] as number] = (counts[labels[member] as number] as number) + 1;
  return counts;
}

const totals = countsOf(set);

describe('stratifiedSplit', () => {
  test('holds back the same share of every class, and nothing is lost or twice', () => {
    const { train, validation } = stratifiedSplit(set, { fraction: 0.2, seed: 1 });
    expect(countsOf(validation)).toEqual(totals.map((count) => Math.round(count * 0.2)));
    expect([...membersOf(train), ...membersOf(validation)].sort((a, b) => a - b)).toEqual(membersOf(set));
    for (const part of [train, validation]) expect(membersOf(part)).toEqual(membersOf(part).toSorted((a, b) => a - b));
  });

  test('is decided by the seed', () => {
    const held = (seed: number): string => membersOf(stratifiedSplit(set, { fraction: 0.2, seed }).validation).join();
    expect(held(1)).toBe(held(1));
    expect(new Set([0, 1, 2, 3].map(held)).size).toBe(4);
    expect(held(0)).toBe(membersOf(stratifiedSplit(set, { fraction: 0.2 }).validation).join());
  });

  test('refuses fractions that leave nothing', () => {
    for (const fraction of [0, 1, -1, 2, Number.NaN]) {
      expect(() => stratifiedSplit(set, { fraction })).toThrow(/must lie between 0 and 1/);
    }
  });
});

describe('fewShot', () => {
  const two = subset(
    set,
    membersOf(set).filter((i) => labels[i] !== 2),
  );
  test('takes so many of each class, more of them with the fewer among them', () => {
    const one = packedDataset({ ...packed(), labels: labels.map((label) => label % 2) });
    const few = membersOf(fewShot(one, { perClass: 3, seed: 5 }));
    const more = membersOf(fewShot(one, { perClass: 9, seed: 5 }));
    expect([few.length, more.length]).toEqual([6, 18]);
    expect(few.filter((member) => !more.includes(member))).toEqual([]);
    expect(membersOf(fewShot(one, { perClass: 3, seed: 6 }))).not.toEqual(few);
  });

  test('says which class has too few', () => {
    expect(() => fewShot(set, { perClass: 2 })).toThrow(/own has 1 samples of one, 2 are asked for/);
    expect(() => fewShot(two, { perClass: 1 })).toThrow(/0 samples of one/);
    expect(() => fewShot(set, { perClass: 0 })).toThrow(/whole number from 1/);
    expect(() => fewShot(set, { perClass: 1, k: 2 } as never)).toThrow(/unknown option "k"/);
  });
});

function packed(): Parameters<typeof packedDataset>[0] {
  return {
    name: 'own',
    classes: ['a', 'b'],
    width: 1,
    height: 1,
    channels: 1,
    pixels: Uint8Array.from({ length: 81 }, (_, i) => i),
    labels: new Uint8Array(81),
  };
}

describe('subset and packed pictures', () => {
  test('a subset gives the samples asked for, also twice, and of a subset', () => {
    const part = subset(set, [80, 3, 3, 0]);
    expect(membersOf(part)).toEqual([80, 3, 3, 0]);
    expect(membersOf(subset(part, [3, 0]))).toEqual([0, 80]);
    expect(part.describe(0)).toBe('own, sample 80');
  });

  test('what does not fit is refused', () => {
    expect(() => subset(set, [81])).toThrow(/there is no sample 81; it has 81 samples/);
    expect(() => subset(set, [-1])).toThrow(/there is no sample -1/);
    expect(() => packedDataset({ ...packed(), pixels: noise(1, 80) })).toThrow(/81 pictures of 1x1x1 need 81 bytes, 80 came/);
    expect(() => packedDataset({ ...packed(), labels: labels })).toThrow(/sample 40 has label 2, but there are 2 classes/);
  });
});

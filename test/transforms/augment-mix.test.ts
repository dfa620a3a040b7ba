/** Mixing of batches: formulas, targets, refusals; and the distributions that shares are drawn from. */
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/base/random-stream.ts';
import { float32, type Tensor } from '../../src/base/tensor.ts';
import { drawBeta, drawDirichlet } from '../../src/transforms/augment/distributions.ts';
import { type BatchTransform, mixBatch } from '../../src/transforms/index.ts';
import { kolmogorov, ourDraws } from './augment-draws.ts';

function batch(n: number, channels: number, height: number, width: number): Tensor<'float32'> {
  const values = Array.from({ length: n * channels * height * width }, (_, i) => Math.sin(i));
  return float32([n, channels, height, width], values);
}

const labels = BigInt64Array.of(2n, 0n, 2n, 2n);

/** Sample n of a batch. */
const sampleOf = ({ data, shape }: Tensor<'float32'>, n: number): Float32Array => {
  const length = data.length / (shape[0] as number);
  return data.slice(n * length, (n + 1) * length);
};

describe('mixup', () => {
  it('mixes every sample with the one before it, labels with the same share', () => {
    const before = batch(4, 2, 3, 5);
    const mixed = batch(4, 2, 3, 5);
    const targets = mixBatch([{ kind: 'mixup', alpha: 0.7 }], mixed, labels, 3, new RandomStream(9));
    const share = targets.data[3 + 0] as number;
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
    const rest = targets.data[3 + 2] as number;
    expect(share + rest).toBeCloseTo(1, 6);
    expect([...targets.data].map((value) => Math.fround(value))).toEqual([0, 0, 1, share, 0, rest, rest, 0, share, 0, 0, 1]);
    for (let n = 0; n < 4; n++) {
      const own = sampleOf(before, n);
      const other = sampleOf(before, (n + 3) % 4);
      const expected = own.map((value, i) => Math.fround(rest * (other[i] as number)) + Math.fround(share * value));
      expect(sampleOf(mixed, n)).toEqual(expected);
    }
  });
});

describe('cutmix', () => {
  it('pastes one rectangle everywhere and shares labels by its area', () => {
    for (let key = 0; key < 40; key++) {
      const before = batch(3, 2, 7, 9);
      const mixed = batch(3, 2, 7, 9);
      const targets = mixBatch([{ kind: 'cutmix' }], mixed, [0, 1, 2], 3, new RandomStream(key));
      const pasted = mixed.data.map((value, i) => (value === before.data[i] ? 0 : 1));
      const first = pasted.slice(0, 63);
      for (let plane = 0; plane < 6; plane++) expect(pasted.slice(plane * 63, (plane + 1) * 63)).toEqual(first);
      const at = [...first.keys()].filter((i) => first[i] === 1);
      const columns = at.map((i) => i % 9);
      const rows = at.map((i) => Math.floor(i / 9));
      const area =
        at.length === 0 ? 0 : (Math.max(...columns) - Math.min(...columns) + 1) * (Math.max(...rows) - Math.min(...rows) + 1);
      expect(at.length).toBe(area);
      expect(targets.data[0]).toBe(Math.fround(1 - area / 63));
      for (let n = 0; n < 3; n++) {
        const other = sampleOf(before, (n + 2) % 3);
        const own = sampleOf(before, n);
        const expected = own.map((value, i) => (first[i % 63] === 1 ? (other[i] as number) : value));
        expect(sampleOf(mixed, n)).toEqual(expected);
      }
    }
  });
});

describe('lists of mixers', () => {
  it('an unmixed batch has one-hot targets and stays', () => {
    for (const list of [[], [{ kind: 'mixup', p: 0 }]] as const) {
      const mixed = batch(4, 1, 2, 2);
      const targets = mixBatch(list, mixed, labels, 3, new RandomStream(1));
      expect([...targets.data]).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1]);
      expect(mixed.data).toEqual(batch(4, 1, 2, 2).data);
    }
  });

  it('choose their transforms equally often, and apply them as often as p says', () => {
    const list: readonly BatchTransform[] = [{ kind: 'mixup' }, { kind: 'cutmix', p: 0.5 }];
    let [shining, still] = [0, 0];
    for (let key = 0; key < 4000; key++) {
      const mixed = float32(
        [2, 1, 8, 8],
        new Float32Array(128).map((_, i) => (i < 64 ? 1 : 2)),
      );
      const targets = mixBatch(list, mixed, [0, 1], 2, new RandomStream(key));
      if (mixed.data.some((value) => value !== 1 && value !== 2)) shining++;
      else if (targets.data[0] === 1) still++;
    }
    expect(Math.abs(shining - 2000)).toBeLessThan(4 * Math.sqrt(1000));
    expect(still).toBeGreaterThan(1000 - 4 * Math.sqrt(750));
  });

  it('refuse what does not fit', () => {
    const refuse = (list: unknown, values: ArrayLike<number>, data = batch(2, 1, 2, 2)): string => {
      try {
        mixBatch(list as readonly BatchTransform[], data, values, 3, new RandomStream(1));
        return 'accepted';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(refuse([{ kind: 'mixup' }], [0, 1, 2])).toMatch(/3 labels do not fit float32\[2, 1, 2, 2\]/);
    expect(refuse([{ kind: 'mixup' }], [0, 3])).toMatch(/label 3 of sample 1 is none of 3 classes/);
    expect(refuse([{ kind: 'mixup' }], [0, 1], float32([2, 4], new Float32Array(8)))).toMatch(/\[N, C, H, W\] was expected/);
    expect(refuse([{ kind: 'blend' }], [0, 1])).toMatch(/mix\[0\]: kind must be one of mixup, cutmix/);
    expect(refuse([{ kind: 'mixup', beta: 1 }], [0, 1])).toMatch(/unknown option "beta"/);
    expect(refuse([{ kind: 'mixup', alpha: 0 }], [0, 1])).toMatch(/alpha/);
    expect(refuse([{ kind: 'cutmix', p: 2 }], [0, 1])).toMatch(/p must be a number from 0 to 1/);
    expect(refuse([null], [0, 1])).toMatch(/an object was expected/);
  });
});

describe('distributions', () => {
  const beta = (a: number, b: number): number[] => {
    const random = new RandomStream(77);
    return Array.from({ length: 20_000 }, () => drawBeta(a, b, random));
  };

  it('Beta numbers follow the distribution functions that are known in closed form', () => {
    expect(kolmogorov(beta(1, 1), (x) => x)).toBeLessThan(1.95);
    expect(kolmogorov(beta(0.5, 0.5), (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x)))).toBeLessThan(1.95);
    expect(kolmogorov(beta(2, 2), (x) => x * x * (3 - 2 * x))).toBeLessThan(1.95);
    expect(kolmogorov(beta(0.3, 1), (x) => x ** 0.3)).toBeLessThan(1.95);
    expect(kolmogorov(beta(1, 5), (x) => 1 - (1 - x) ** 5)).toBeLessThan(1.95);
    expect(kolmogorov(beta(1, 1.1), (x) => x)).toBeGreaterThan(1.95);
  });

  it('the smallest parameters give numbers, nearly all 0 or 1', () => {
    const values = beta(1e-4, 1e-4);
    expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
    const middle = values.filter((value) => value > 0.001 && value < 0.999).length;
    expect(middle).toBeLessThan(200);
  });

  it('Dirichlet shares sum to 1 and have the same mean', () => {
    const random = new RandomStream(5);
    const sums = [0, 0, 0];
    for (let i = 0; i < 5000; i++) {
      const shares = drawDirichlet([1, 1, 1], random);
      expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      for (const [index, share] of shares.entries()) sums[index] = (sums[index] as number) + share / 5000;
    }
    for (const mean of sums) expect(Math.abs(mean - 1 / 3)).toBeLessThan(4 * Math.sqrt(1 / 18 / 5000));
  });

  it('drawn parts lie in the picture; a panorama gets its middle', () => {
    const drawn = ourDraws(3, 2000);
    const of = (name: string): readonly number[] => drawn.get(name) ?? [];
    expect(Math.max(...of('resized crop, area'))).toBeLessThanOrEqual(120 * 90);
    expect(Math.min(...of('resized crop, area'))).toBeGreaterThan(0.07 * 120 * 90);
    expect(Math.max(...of('erasing, area'))).toBeLessThan(0.36 * 56 * 40);
    const fallbacks = of('resized crop of a panorama, width').filter((width, i) => {
      return (
        width === 160 && of('resized crop of a panorama, height')[i] === 40 && of('resized crop of a panorama, left')[i] === 70
      );
    });
    expect(fallbacks.length).toBeGreaterThan(50);
  });
});

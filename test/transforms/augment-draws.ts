/** Parameters that our transforms draw, under the names of `augment_draws.py`, and the test that two samples are alike. */
import { RandomStream } from '../../src/base/random-stream.ts';
import { drawAffine } from '../../src/transforms/augment/affine.ts';
import { drawOrder } from '../../src/transforms/augment/color-jitter.ts';
import { drawCut } from '../../src/transforms/augment/cutmix.ts';
import { drawBeta, drawDirichlet, drawNormal } from '../../src/transforms/augment/distributions.ts';
import { drawCrop } from '../../src/transforms/augment/random-crop.ts';
import { drawErasing } from '../../src/transforms/augment/random-erasing.ts';
import { drawResizedCrop } from '../../src/transforms/augment/random-resized-crop.ts';

const photo = { width: 120, height: 90 };
const panorama = { width: 300, height: 40 };
const sample = { width: 56, height: 40 };

/** `count` numbers of every parameter. */
export function ourDraws(seed: number, count: number): ReadonlyMap<string, readonly number[]> {
  const random = new RandomStream(seed);
  const out = new Map<string, number[]>();
  const note = (name: string, value: number): void => {
    const values = out.get(name);
    if (values) values.push(value);
    else out.set(name, [value]);
  };
  for (let i = 0; i < count; i++) {
    const part = drawResizedCrop(photo, [0.08, 1], [3 / 4, 4 / 3], random);
    note('resized crop, area', part.width * part.height);
    note('resized crop, aspect', part.width / part.height);
    note('resized crop, left', part.left);
    note('resized crop, top', part.top);
    const wide = drawResizedCrop(panorama, [0.5, 1], [1, 4], random);
    for (const side of ['width', 'height', 'left', 'top'] as const) note(`resized crop of a panorama, ${side}`, wide[side]);
    const crop = drawCrop(photo, { width: 100, height: 64 }, random, 'crop');
    note('crop, left', crop.left);
    note('crop, top', crop.top);
    const all = { left: 0, top: 0, ...sample };
    const erased = drawErasing(sample, [0.02, 0.33], [0.3, 3.3], random) ?? all;
    note('erasing, area', erased.width * erased.height);
    note('erasing, aspect', erased.height / erased.width);
    note('erasing, left', erased.left);
    note('erasing, top', erased.top);
    const most = drawErasing(sample, [0.8, 1], [0.3, 3.3], random) ?? all;
    note('erasing of most, area', most.width * most.height);
    const order = drawOrder(4, random);
    note(
      'jitter, order',
      order.reduce((sum, index, place) => sum + index * 4 ** place, 0),
    );
    note('jitter, brightness', random.between(0.6, 1.4));
    note('jitter, contrast', random.between(0, 2.5));
    note('jitter, saturation', random.between(0.9, 1.1));
    note('jitter, hue', random.between(-0.1, 0.3));
    const ranges = {
      degrees: [-30, 50],
      translate: [0.1, 0.3],
      scale: [0.5, 2],
      shear: [
        [-5, 10],
        [-20, 0],
      ],
    } as const;
    const { angle, translate, scale, shear } = drawAffine(ranges, sample, random);
    note('affine, angle', angle);
    note('affine, dx', translate[0]);
    note('affine, dy', translate[1]);
    note('affine, scale', scale);
    note('affine, sx', shear[0]);
    note('affine, sy', shear[1]);
    note('normal', drawNormal(random));
    note('dirichlet', drawDirichlet([0.7, 0.7, 0.7], random)[1] as number);
    for (const alpha of [0.2, 0.4, 1, 3]) note(`beta ${alpha}`, drawBeta(alpha, alpha, random));
    const cut = drawCut(sample, drawBeta(1, 1, random), random);
    note('cut, width', cut.width);
    note('cut, area', cut.width * cut.height);
  }
  return out;
}

/**
 * Kolmogorov and Smirnov's distance of two samples, the largest between their distribution functions, times
 * sqrt(n m / (n + m)). Samples of one distribution exceed 1.95 once in a thousand times, of a discrete one less often.
 */
export function smirnov(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  let [i, j, most] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const at = Math.min(x[i] as number, y[j] as number);
    while (i < x.length && (x[i] as number) <= at) i++;
    while (j < y.length && (y[j] as number) <= at) j++;
    most = Math.max(most, Math.abs(i / x.length - j / y.length));
  }
  return most * Math.sqrt((x.length * y.length) / (x.length + y.length));
}

/** The same against a distribution function: 1.95 is exceeded once in a thousand times. */
export function kolmogorov(sampled: readonly number[], below: (x: number) => number): number {
  const sorted = Float64Array.from(sampled).sort();
  let most = 0;
  for (const [i, x] of sorted.entries()) {
    const expected = below(x);
    most = Math.max(most, Math.abs(expected - i / sorted.length), Math.abs(expected - (i + 1) / sorted.length));
  }
  return most * Math.sqrt(sorted.length);
}

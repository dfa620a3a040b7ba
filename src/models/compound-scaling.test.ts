/** The rounding rules, and B0 to B7 that follow from them. */
import { expect, test } from 'vitest';
import { parseBlocks } from './blocks/block-string.ts';
import { scaleNetwork } from './blocks/scale.ts';
import { efficientNetB0, efficientNetVariants } from './classification/efficientnet/tables.ts';
import { makeDivisible, roundFilters, roundRepeats } from './compound-scaling.ts';

/** Stem; channels of the stages; layers of the stages; head: what the published networks have (arXiv 1905.11946, official code). */
const published = {
  b0: [32, [16, 24, 40, 80, 112, 192, 320], [1, 2, 2, 3, 3, 4, 1], 1280],
  b1: [32, [16, 24, 40, 80, 112, 192, 320], [2, 3, 3, 4, 4, 5, 2], 1280],
  b2: [32, [16, 24, 48, 88, 120, 208, 352], [2, 3, 3, 4, 4, 5, 2], 1408],
  b3: [40, [24, 32, 48, 96, 136, 232, 384], [2, 3, 3, 5, 5, 6, 2], 1536],
  b4: [48, [24, 32, 56, 112, 160, 272, 448], [2, 4, 4, 6, 6, 8, 2], 1792],
  b5: [48, [24, 40, 64, 128, 176, 304, 512], [3, 5, 5, 7, 7, 9, 3], 2048],
  b6: [56, [32, 40, 72, 144, 200, 344, 576], [3, 6, 6, 8, 8, 11, 3], 2304],
  b7: [64, [32, 48, 80, 160, 224, 384, 640], [4, 7, 7, 10, 10, 13, 4], 2560],
} as const;

test.each(Object.entries(published))('EfficientNet-%s follows from the blocks of B0', (name, expected) => {
  const [stem, channels, layers, head] = expected;
  const { width, depth } = efficientNetVariants[name as keyof typeof published];
  const network = scaleNetwork(efficientNetB0, { width, depth });
  const blocks = parseBlocks(network.blocks);
  expect(network.stem).toBe(stem);
  expect(blocks.map((block) => block.channels)).toEqual(channels);
  expect(blocks.map((block) => block.repeats)).toEqual(layers);
  expect(network.head).toBe(head);
  expect(network.head).toBe(4 * (channels[6] ?? 0));
});

test('rounding goes to the nearest multiple of 8, but loses no more than a tenth', () => {
  expect(makeDivisible(83)).toBe(80);
  expect(makeDivisible(84)).toBe(88);
  expect(makeDivisible(1)).toBe(8);
  expect(makeDivisible(11)).toBe(16);
  expect(roundFilters(32, 1.1)).toBe(32);
  expect(roundRepeats(3, 1.1)).toBe(4);
  expect(roundRepeats(3, 1)).toBe(3);
});

test('a factor must be positive', () => {
  expect(() => roundFilters(32, 0)).toThrow('width must be a positive number, 0 came');
  expect(() => roundRepeats(3, Number.NaN)).toThrow('depth must be a positive number');
});

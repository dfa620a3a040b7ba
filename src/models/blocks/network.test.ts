/** What a block string comes to, block by block, and at another width and depth. */
import { expect, test } from 'vitest';
import { parseBlocks, printBlocks } from './block-string.ts';
import { type BlockNetwork, squeezeRules, unrollBlocks } from './network.ts';
import { scaleBlocks, scaleNetwork } from './scale.ts';

const network = (blocks: string, stem = 16): BlockNetwork => ({
  stem,
  stemStride: 2,
  blocks,
  head: 64,
  activation: 'silu',
  squeeze: 'input',
});

test('the first block of a stage strides and changes the channels, the others take what it gives', () => {
  const [first, ...others] = unrollBlocks(network('ir_r3_k5_s2_e2.5_c24_se0.25')).flat();
  expect(first).toEqual({
    type: 'ir',
    kernel: 5,
    stride: 2,
    dilation: 1,
    inChannels: 16,
    hiddenChannels: 40,
    outChannels: 24,
    squeezeChannels: 4,
    squeeze: squeezeRules.input,
    activation: 'silu',
    residual: false,
  });
  // 2.5 times 24 is rounded to a multiple of 8.
  const other = { ...first, stride: 1, inChannels: 24, hiddenChannels: 64, squeezeChannels: 6, residual: true };
  expect(others).toEqual([other, other]);
});

test('shortcuts are where shapes are the same and the string does not forbid them', () => {
  const residuals = (blocks: string): boolean[] => unrollBlocks(network(blocks)).map(([block]) => block?.residual ?? false);
  expect(residuals('ir_r1_k3_s1_e6_c16 ir_r1_k3_s1_e6_c16_noskip er_r1_k3_s1_e6_c16')).toEqual([true, false, true]);
  expect(residuals('ds_r1_k3_s1_c16 ds_r1_k3_s2_c16 cn_r1_k3_s1_c16 cn_r1_k3_s1_c16_skip')).toEqual([true, false, false, true]);
});

test('where hidden channels are those that come in there is nothing to expand', () => {
  const types = (blocks: string): unknown[] => unrollBlocks(network(blocks)).map(([block]) => block?.type);
  expect(types('ir_r1_k3_s1_e1_c16 ir_r1_k3_s1_h16_c24 er_r1_k3_s1_e1_c24 ir_r1_k3_s1_e2_c24')).toEqual(['ds', 'ds', 'cn', 'ir']);
});

test('squeezed channels are a share of the input or of the hidden channels', () => {
  const squeezed = (rule: BlockNetwork['squeeze']): unknown[] =>
    unrollBlocks({ ...network('ir_r2_k3_s1_h72_c40_se0.25'), squeeze: rule })
      .flat()
      .map((block) => block.squeezeChannels);
  expect(squeezed('input')).toEqual([4, 10]);
  expect(squeezed('hidden')).toEqual([24, 24]);
});

test('a factor scales repeats and channels, ratios and kernels stay', () => {
  const scale = (text: string, by: Parameters<typeof scaleBlocks>[1]): string => printBlocks(scaleBlocks(parseBlocks(text), by));
  expect(scale('ir_r2_k5_s2_e6_c24_se0.25_nre_noskip', { width: 1.4, depth: 1.8 })).toBe('ir_r4_k5_s2_e6_c32_se0.25_nre_noskip');
  expect(scale('ir_r1_k3_s1_h72_c24', { width: 0.75 })).toBe('ir_r1_k3_s1_h56_c24');
  expect(scale('cn_r1_k3_s1_c8 cn_r1_k3_s1_c8 cn_r1_k3_s1_c8', { depth: 2, endsDepth: 1 })).toBe(
    'cn_r1_k3_s1_c8 cn_r2_k3_s1_c8 cn_r1_k3_s1_c8',
  );
  expect(scale('cn_r1_k3_s1_c8', { width: 1.3, round: (channels, width) => Math.round(channels * width) })).toBe(
    'cn_r1_k3_s1_c10',
  );
  // Only what grows is rounded.
  expect(scale('ir_r1_k3_s1_h70_c13', {})).toBe('ir_r1_k3_s1_h70_c13');
  expect(() => scale('cn_r1_k3_s1_c8', { widht: 2 } as object)).toThrow('scaleBlocks: unknown option "widht"; it takes width');
  expect(() => scale('cn_r1_k3_s1_c8', { width: -1 })).toThrow('width must be a positive number, -1 came');
});

test('the ends of a network scale with it unless told otherwise', () => {
  const base = network('cn_r1_k3_s1_c16');
  expect(scaleNetwork(base, { width: 2 })).toEqual({ ...base, stem: 32, blocks: 'cn_r1_k3_s1_c32', head: 128 });
  expect(scaleNetwork(base, { width: 2, stemWidth: 1, headWidth: 0.5 })).toEqual({
    ...base,
    blocks: 'cn_r1_k3_s1_c32',
    head: 32,
  });
});

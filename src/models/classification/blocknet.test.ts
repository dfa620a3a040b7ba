/** Networks built from block strings, and models told as block strings. */
import { expect, test } from 'vitest';
import { countParameters, stateDictTypes } from '../../nn/state-dict.ts';
import { trace } from '../../nn/trace.ts';
import { blocksOf, getModel, parseBlocks, scaleNetwork } from '../index.ts';
import { blockNet } from './blocknet.ts';
import { mobilenet_v3_small } from './mobilenetv3.ts';
import { resnet18 } from './resnet.ts';

const b0 = {
  stem: 32,
  blocks: `
    ds_r1_k3_s1_c16_se0.25 ir_r2_k3_s2_e6_c24_se0.25 ir_r2_k5_s2_e6_c40_se0.25 ir_r3_k3_s2_e6_c80_se0.25
    ir_r3_k5_s1_e6_c112_se0.25 ir_r4_k5_s2_e6_c192_se0.25 ir_r1_k3_s1_e6_c320_se0.25`,
  head: 1280,
};
const typesOf = (model: Parameters<typeof stateDictTypes>[0]): unknown[] => [...stateDictTypes(model)];

test('seven strings are EfficientNet-B0, and scaled they are B3', async () => {
  expect(typesOf(blockNet(b0))).toEqual(typesOf(await getModel('efficientnet_b0')));
  const b3 = scaleNetwork(blocksOf(blockNet(b0)), { width: 1.2, depth: 1.4 });
  expect(b3).toEqual(blocksOf(await getModel('efficientnet_b3')));
  expect(typesOf(blockNet({ ...b3, numClasses: 5 }))).toEqual(typesOf(await getModel('efficientnet_b3', { numClasses: 5 })));
});

const told = [
  'efficientnet_b7',
  'efficientnet_v2_m',
  'efficientnet_lite4',
  'mnasnet0_5',
  'mnasnet_a1',
  'mobilenet_v2',
  'mobilenet_v3_large',
];

test.each(told)('%s is told as block strings that build as many parameters', async (name) => {
  const model = await getModel(name);
  const network = blocksOf(model);
  const again = blockNet(network);
  expect(blocksOf(again)).toEqual(network);
  // MobileNetV3's classifier has one layer more.
  const hidden = name === 'mobilenet_v3_large' ? 960 * 1280 + 1280 + 1281 * 1000 - 961 * 1000 : 0;
  expect(countParameters(again) + hidden).toBe(countParameters(model));
});

test('options that change the blocks are told', () => {
  const { stem, blocks, head } = blocksOf(mobilenet_v3_small({ widthMult: 0.75, reducedTail: true, dilated: true }));
  expect([stem, head]).toEqual([16, 240]);
  expect(blocks.split(' ').slice(-2)).toEqual(['ir_r1_k5_s1_d2_h216_c40_se0.25_noskip', 'ir_r2_k5_s1_d2_h216_c40_se0.25']);
});

test('every type of block runs, on pictures of its own size and channels', () => {
  const net = blockNet({
    stem: 8,
    stemStride: 1,
    blocks: parseBlocks(
      'cn_r2_k3_s1_c8_nre_skip er_r2_k3_s2_e2_c16 ds_r1_k5_s1_c16_se0.5 ir_r2_k3_s1_d2_h24_c16_se0.25_nhs_noskip',
    ),
    head: 32,
    activation: 'relu6',
    squeeze: 'hidden',
    numClasses: 10,
    inChannels: 1,
    stochasticDepthProb: 0,
  });
  const { outputs, nodes } = trace(net, {
    inputs: { input: { dtype: 'float32', shape: [1, 1, 28, 28] } },
    features: ['features.4'],
  });
  expect(outputs.map(({ value }) => value.type.shape)).toEqual([
    [1, 10],
    [1, 16, 14, 14],
  ]);
  const count = (op: string): number => nodes.filter((node) => node.op === op).length;
  // Shortcuts of two cn, one of two er, one ds; and the bias of the classifier is no addition.
  expect(count('add')).toBe(4);
});

test('what says nothing is refused', () => {
  expect(() => blockNet({ ...b0, blocks: 'ir_r1' })).toThrow('block "ir_r1": k (kernel) is missing');
  const { blocks: _, ...without } = b0;
  expect(() => blockNet(without as typeof b0)).toThrow('blockNet: blocks must be a block string or a list of blocks');
  expect(() => blockNet({ ...b0, stem: 0 })).toThrow('blockNet: stem must be a whole number above 0, 0 came');
  expect(() => blockNet({ ...b0, head: 1.5 })).toThrow('blockNet: head must be a whole number above 0, 1.5 came');
  expect(() => blockNet({ ...b0, width: 2 } as typeof b0)).toThrow('blockNet: unknown option "width"');
  expect(() => blockNet({ ...b0, activation: 'gelu' as 'relu' })).toThrow(
    'blockNet: there is no activation "gelu"; there are relu, relu6, hardswish, silu',
  );
  expect(() => blockNet({ ...b0, squeeze: 'both' as 'input' })).toThrow('there is no squeeze "both"; there are input, hidden');
  expect(() => blocksOf(resnet18())).toThrow('ResNet is not built from blocks, as EfficientNet, MnasNet,');
});

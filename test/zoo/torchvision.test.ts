/** Every convolutional network of torchvision's classification models is here under its name; its transformers are not. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listModels } from '../../src/models/index.ts';

const named = (prefix: string, variants: string): readonly string[] =>
  variants.split(' ').map((variant) => `${prefix}${variant}`);

const convolutional: readonly string[] = [
  'alexnet',
  ...named('convnext_', 'tiny small base large'),
  ...named('densenet', '121 161 169 201'),
  ...named('efficientnet_', 'b0 b1 b2 b3 b4 b5 b6 b7 v2_s v2_m v2_l'),
  'googlenet',
  'inception_v3',
  ...named('mnasnet', '0_5 0_75 1_0 1_3'),
  'mobilenet_v2',
  ...named('mobilenet_v3_', 'large small'),
  ...named('regnet_x_', '400mf 800mf 1_6gf 3_2gf 8gf 16gf 32gf'),
  ...named('regnet_y_', '400mf 800mf 1_6gf 3_2gf 8gf 16gf 32gf 128gf'),
  ...named('resnet', '18 34 50 101 152'),
  ...named('resnext', '50_32x4d 101_32x8d 101_64x4d'),
  ...named('shufflenet_v2_', 'x0_5 x1_0 x1_5 x2_0'),
  ...named('squeezenet', '1_0 1_1'),
  ...named('vgg', '11 11_bn 13 13_bn 16 16_bn 19 19_bn'),
  ...named('wide_resnet', '50_2 101_2'),
];

/** With attention instead of convolutions, or beside them. */
const transformers: readonly string[] = [
  'maxvit_t',
  ...named('swin_', 't s b v2_t v2_s v2_b'),
  ...named('vit_', 'b_16 b_32 l_16 l_32 h_14'),
];

test('convolutional networks are all here', () => {
  expect(listModels()).toEqual(expect.arrayContaining([...convolutional]));
  expect(convolutional).toHaveLength(68);
});

/** Weight entries and builders as in torchvision's sources: what scripts/generate-weights.mjs reads. */
const reference = '../shared/reference/torchvision-weights.json';

test.skipIf(!existsSync(reference))('and torchvision has no others but transformers', () => {
  const { builders } = JSON.parse(readFileSync(reference, 'utf8')) as {
    readonly builders: readonly { readonly file: string; readonly builder: string }[];
  };
  const classification = builders.filter(({ file }) => !/^(detection|optical_flow|quantization|segmentation|video)\//.test(file));
  expect(classification.map(({ builder }) => builder).sort()).toEqual([...convolutional, ...transformers].sort());
});

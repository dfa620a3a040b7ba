/** Options of MobileNetV3 against torchvision 0.14.1's `width_mult`, `reduced_tail` and `dilated`. */
import { expect, test } from 'vitest';
import { countParameters } from '../../nn/state-dict.ts';
import { trace } from '../../nn/trace.ts';
import { mobilenet_v3_large, mobilenet_v3_small } from './mobilenetv3.ts';

const picture = { input: { dtype: 'float32', shape: [1, 3, 64, 96] } } as const;

test.each([
  { build: mobilenet_v3_large, options: { widthMult: 0.75 }, parameters: 3_377_576, features: [1, 720, 2, 3] },
  { build: mobilenet_v3_large, options: { reducedTail: true }, parameters: 2_569_352, features: [1, 480, 2, 3] },
  {
    build: mobilenet_v3_large,
    options: { widthMult: 0.35, reducedTail: true, dilated: true },
    parameters: 491_320,
    features: [1, 192, 4, 6],
  },
  { build: mobilenet_v3_small, options: { widthMult: 0.75 }, parameters: 1_653_920, features: [1, 432, 2, 3] },
  { build: mobilenet_v3_small, options: { reducedTail: true }, parameters: 1_099_672, features: [1, 288, 2, 3] },
  {
    build: mobilenet_v3_small,
    options: { widthMult: 0.35, reducedTail: true, dilated: true },
    parameters: 262_608,
    features: [1, 96, 4, 6],
  },
])('$build.name with $options', ({ build, options, parameters, features }) => {
  const model = build(options);
  expect(countParameters(model)).toBe(parameters);
  expect(trace(model, { inputs: picture, features: ['features'] }).outputs[1]?.value.type.shape).toEqual(features);
});

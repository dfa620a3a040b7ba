/** Models' first values are drawn as torchvision draws them. */
import { expect, test } from 'vitest';
import { streamKey } from '../base/random.ts';
import { type AnyModule, namedParameters } from '../nn/module.ts';
import { initialize, stateDict } from '../nn/state-dict.ts';
import { alexnet } from './classification/alexnet.ts';
import { convnext_tiny } from './classification/convnext.ts';
import { densenet121 } from './classification/densenet.ts';
import { efficientnet_b0 } from './classification/efficientnet.ts';
import { googlenet } from './classification/googlenet.ts';
import { inception_v3 } from './classification/inception.ts';
import { mnasnet0_5 } from './classification/mnasnet.ts';
import { mobilenet_v2 } from './classification/mobilenetv2.ts';
import { mobilenet_v3_small } from './classification/mobilenetv3.ts';
import { regnet_y_400mf } from './classification/regnet.ts';
import { resnet18 } from './classification/resnet.ts';
import { squeezenet1_1 } from './classification/squeezenet.ts';
import { vgg11 } from './classification/vgg.ts';

/** Mean, standard deviation and largest magnitude of the first values of one parameter. */
function momentsOf(model: AnyModule, key: string): readonly [number, number, number] {
  const parameter = new Map(namedParameters(model)).get(key);
  if (!parameter) throw new Error(`there is no ${key}`);
  const { data } = parameter.init(parameter.shape, parameter.dtype, streamKey(0, key));
  let [sum, squares, largest] = [0, 0, 0];
  for (const value of data as Float32Array) {
    sum += value;
    squares += value * value;
    largest = Math.max(largest, Math.abs(value));
  }
  const mean = sum / data.length;
  return [mean, Math.sqrt(squares / data.length - mean * mean), largest];
}

/** Normal and uniform deviations are told apart by the largest value, in deviations: √3 for uniform ones. */
const uniformReach = Math.sqrt(3);

test.each([
  { build: resnet18, key: 'layer2.0.conv1.weight', deviation: Math.sqrt(2 / (128 * 9)), kind: 'normal' },
  { build: resnet18, key: 'fc.weight', deviation: 1 / Math.sqrt(3 * 512), kind: 'uniform' },
  { build: resnet18, key: 'fc.bias', deviation: 1 / Math.sqrt(3 * 512), kind: 'uniform' },
  { build: convnext_tiny, key: 'features.3.0.block.3.weight', deviation: 0.02, kind: 'normal' },
  { build: convnext_tiny, key: 'features.3.0.block.0.bias', deviation: 0, kind: 'zero' },
  { build: efficientnet_b0, key: 'features.5.1.block.1.0.weight', deviation: Math.sqrt(2 / (672 * 25)), kind: 'normal' },
  { build: efficientnet_b0, key: 'classifier.1.weight', deviation: 1 / Math.sqrt(3 * 1000), kind: 'uniform' },
  { build: efficientnet_b0, key: 'features.1.0.block.1.fc1.bias', deviation: 0, kind: 'zero' },
  { build: efficientnet_b0, key: 'classifier.1.bias', deviation: 0, kind: 'zero' },
  { build: mobilenet_v2, key: 'classifier.1.weight', deviation: 0.01, kind: 'normal' },
  { build: mobilenet_v3_small, key: 'classifier.0.weight', deviation: 0.01, kind: 'normal' },
  { build: mobilenet_v3_small, key: 'features.1.block.1.fc1.bias', deviation: 0, kind: 'zero' },
  { build: mnasnet0_5, key: 'classifier.1.weight', deviation: 1 / Math.sqrt(1000), kind: 'uniform' },
  {
    build: regnet_y_400mf,
    key: 'trunk_output.block4.block4-1.f.b.0.weight',
    deviation: Math.sqrt(2 / (440 * 9)),
    kind: 'normal',
  },
  {
    build: regnet_y_400mf,
    key: 'trunk_output.block4.block4-1.f.se.fc2.bias',
    deviation: 1 / Math.sqrt(3 * 110),
    kind: 'uniform',
  },
  { build: regnet_y_400mf, key: 'fc.weight', deviation: 0.01, kind: 'normal' },
  { build: squeezenet1_1, key: 'features.3.squeeze.weight', deviation: Math.sqrt(2 / 64), kind: 'uniform' },
  { build: squeezenet1_1, key: 'classifier.1.weight', deviation: 0.01, kind: 'normal' },
  { build: alexnet, key: 'features.3.weight', deviation: 1 / Math.sqrt(3 * 64 * 25), kind: 'uniform' },
  { build: alexnet, key: 'classifier.6.bias', deviation: 1 / Math.sqrt(3 * 4096), kind: 'uniform' },
  {
    build: densenet121,
    key: 'features.denseblock1.denselayer1.conv2.weight',
    deviation: Math.sqrt(2 / (128 * 9)),
    kind: 'normal',
  },
  { build: densenet121, key: 'classifier.weight', deviation: 1 / Math.sqrt(3 * 1024), kind: 'uniform' },
  { build: densenet121, key: 'classifier.bias', deviation: 0, kind: 'zero' },
  { build: googlenet, key: 'inception4a.branch2.1.conv.weight', deviation: 0.01, kind: 'normal' },
  { build: googlenet, key: 'aux1.fc2.bias', deviation: 1 / Math.sqrt(3 * 1024), kind: 'uniform' },
  { build: inception_v3, key: 'Mixed_6b.branch7x7_2.conv.weight', deviation: 0.1, kind: 'normal' },
  { build: inception_v3, key: 'AuxLogits.fc.weight', deviation: 0.001, kind: 'normal' },
  { build: inception_v3, key: 'fc.weight', deviation: 0.1, kind: 'normal' },
  { build: vgg11, key: 'features.3.weight', deviation: Math.sqrt(2 / (128 * 9)), kind: 'normal' },
  { build: vgg11, key: 'classifier.6.weight', deviation: 0.01, kind: 'normal' },
  { build: vgg11, key: 'classifier.6.bias', deviation: 0, kind: 'zero' },
])('$build.name begins as in torchvision: $key', ({ build, key, deviation, kind }) => {
  const [mean, measured, largest] = momentsOf(build(), key);
  expect(Math.abs(mean)).toBeLessThanOrEqual(deviation / 5);
  expect(Math.abs(measured - deviation)).toBeLessThanOrEqual(deviation / 12);
  if (kind === 'uniform') expect(largest).toBeLessThanOrEqual(deviation * uniformReach * 1.0001);
  if (kind === 'normal') expect(largest).toBeGreaterThan(deviation * 2.2);
});

test('residual branches begin at zero when asked', () => {
  expect(momentsOf(resnet18(), 'layer1.0.bn2.weight')).toEqual([1, 0, 1]);
  expect(momentsOf(resnet18({ zeroInitResidual: true }), 'layer1.0.bn2.weight')).toEqual([0, 0, 0]);
  expect(momentsOf(resnet18({ zeroInitResidual: true }), 'layer1.0.bn1.weight')).toEqual([1, 0, 1]);
});

test('the seed and the key alone choose the first values', () => {
  const [first, second] = [squeezenet1_1(), squeezenet1_1({ numClasses: 10 })];
  initialize(first, { seed: 1 });
  initialize(second, { seed: 1 });
  const [a, b] = [stateDict(first), stateDict(second)];
  expect(a.get('features.0.weight')).toEqual(b.get('features.0.weight'));
  expect(a.get('features.0.weight')?.data).not.toEqual(stateDict(squeezenet1_1()).get('features.0.weight')?.data);
});

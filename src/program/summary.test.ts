/** Summaries add up. */
import { expect, test } from 'vitest';
import { resnet18 } from '../models/classification/resnet.ts';
import { Conv2d, Linear, type Module, Sequential } from '../nn/index.ts';
import { summarize } from './summary.ts';

test('layers add up to the model', () => {
  const { params, multiplyAdds, layers } = summarize(resnet18(), { inputShape: [1, 3, 224, 224] });
  expect([params, multiplyAdds]).toEqual([11_689_512, 1_814_073_344]);
  expect(layers.reduce((sum, layer) => sum + layer.params, 0)).toBe(params);
  expect(layers[0]).toEqual({
    ...{ name: 'conv1', type: 'Conv2d', output: [1, 64, 112, 112] },
    ...{ params: 9408, multiplyAdds: 118_013_952 },
  });
  expect(layers.find(({ name }) => name === 'layer2.0')).toMatchObject({
    type: 'BasicBlock',
    output: [1, 128, 28, 28],
    params: 0,
  });
  expect(layers.at(-1)).toMatchObject({ name: 'fc', type: 'Linear', output: [1, 1000], params: 513_000, multiplyAdds: 512_000 });
});

test('activations are the outputs of all nodes that compute, four bytes a number', () => {
  const net = new Sequential(new Conv2d(3, 8, 3), new Conv2d(8, 4, 3, { bias: false }));
  const { activationBytes, multiplyAdds } = summarize(net, { inputShape: [2, 3, 10, 10] });
  expect(activationBytes).toBe(4 * 2 * (8 * 8 * 8 + 4 * 6 * 6));
  expect(multiplyAdds).toBe(2 * (8 * 8 * 8 * 27 + 4 * 6 * 6 * 72));
});

test('an input that does not fit is refused with the module path', () => {
  expect(() => summarize(resnet18() as Module, { inputShape: [1, 4, 224, 224] })).toThrow(
    'conv (conv1): input has 4 channels, weight expects 3',
  );
  expect(() => summarize(new Sequential(new Linear(2, 2)), { inputShape: [1, 3] })).toThrow('linear (0)');
});

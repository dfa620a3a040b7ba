/** Published weights of lenet's models. Written by scripts/generate-weights.mjs and scripts/embed-weights.mjs. */
import type { WeightsTable } from '../weights-entry.ts';

export const weights: WeightsTable = {
  lenet5: [
    {
      name: 'FASHION_MNIST_V1',
      model: 'lenet5',
      url: 'package:lenet5_fashion_mnist-55947a27.safetensors',
      default: true,
      preset: {
        kind: 'classification',
        resize: 28,
        crop: 28,
        interpolation: 'bilinear',
        channels: 'gray',
        mean: [0.286],
        std: [0.353],
      },
      meta: {
        numParams: 61706,
        minSize: [28, 28],
        categories: 'fashion-mnist',
        recipe: 'docs/default-weights.md',
        accuracy: { 'acc@1': 91.3, 'acc@5': 99.74 },
        dataset: 'Fashion-MNIST',
        ops: 0.000417,
        fileSize: 0.118,
      },
    },
  ],
};

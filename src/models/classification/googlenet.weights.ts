/** Published weights of googlenet's models. Written by scripts/generate-weights.mjs and scripts/embed-weights.mjs. */
import type { WeightsTable } from '../weights-entry.ts';

export const weights: WeightsTable = {
  googlenet: [
    {
      name: 'IMAGENET1K_V1',
      model: 'googlenet',
      url: 'https://download.pytorch.org/models/googlenet-1378be20.pth',
      default: true,
      preset: {
        kind: 'classification',
        resize: 256,
        crop: 224,
        interpolation: 'bilinear',
        mean: [0.5, 0.5, 0.5],
        std: [0.5, 0.5, 0.5],
      },
      meta: {
        numParams: 6624904,
        minSize: [15, 15],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/tree/main/references/classification#googlenet',
        accuracy: { 'acc@1': 69.778, 'acc@5': 89.53 },
        dataset: 'ImageNet-1K',
        ops: 1.498,
        fileSize: 49.731,
      },
    },
  ],
};

/** Published weights of alexnet's models. Written by scripts/generate-weights.mjs and scripts/embed-weights.mjs. */
import type { WeightsTable } from '../weights-entry.ts';

export const weights: WeightsTable = {
  alexnet: [
    {
      name: 'IMAGENET1K_V1',
      model: 'alexnet',
      url: 'https://download.pytorch.org/models/alexnet-owt-7be5be79.pth',
      default: true,
      preset: {
        kind: 'classification',
        resize: 256,
        crop: 224,
        interpolation: 'bilinear',
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
      },
      meta: {
        numParams: 61100840,
        minSize: [63, 63],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg',
        accuracy: { 'acc@1': 56.522, 'acc@5': 79.066 },
        dataset: 'ImageNet-1K',
        ops: 0.714,
        fileSize: 233.087,
      },
    },
  ],
};

/** Published weights of squeezenet's models. Written by scripts/generate-weights.mjs and scripts/embed-weights.mjs. */
import type { WeightsTable } from '../weights-entry.ts';

export const weights: WeightsTable = {
  squeezenet1_0: [
    {
      name: 'IMAGENET1K_V1',
      model: 'squeezenet1_0',
      url: 'https://download.pytorch.org/models/squeezenet1_0-b66bff10.pth',
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
        numParams: 1248424,
        minSize: [21, 21],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/pull/49#issuecomment-277560717',
        accuracy: { 'acc@1': 58.092, 'acc@5': 80.42 },
        dataset: 'ImageNet-1K',
        ops: 0.819,
        fileSize: 4.778,
      },
    },
  ],
  squeezenet1_1: [
    {
      name: 'IMAGENET1K_V1',
      model: 'squeezenet1_1',
      url: 'https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth',
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
        numParams: 1235496,
        minSize: [17, 17],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/pull/49#issuecomment-277560717',
        accuracy: { 'acc@1': 58.178, 'acc@5': 80.624 },
        dataset: 'ImageNet-1K',
        ops: 0.349,
        fileSize: 4.729,
      },
    },
  ],
};

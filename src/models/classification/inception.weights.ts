/** Published weights of inception's models. Written by scripts/generate-weights.mjs and scripts/embed-weights.mjs. */
import type { WeightsTable } from '../weights-entry.ts';

export const weights: WeightsTable = {
  inception_v3: [
    {
      name: 'IMAGENET1K_V1',
      model: 'inception_v3',
      url: 'https://download.pytorch.org/models/inception_v3_google-0cc3c7bd.pth',
      default: true,
      preset: {
        kind: 'classification',
        resize: 342,
        crop: 299,
        interpolation: 'bilinear',
        mean: [0.5, 0.5, 0.5],
        std: [0.5, 0.5, 0.5],
      },
      meta: {
        numParams: 27161264,
        minSize: [75, 75],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/tree/main/references/classification#inception-v3',
        accuracy: { 'acc@1': 77.294, 'acc@5': 93.45 },
        dataset: 'ImageNet-1K',
        ops: 5.713,
        fileSize: 103.903,
      },
    },
  ],
};

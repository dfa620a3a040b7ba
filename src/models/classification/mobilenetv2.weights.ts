/** Published weights of mobilenetv2's models. Written by scripts/generate-weights.mjs and scripts/embed-weights.mjs. */
import type { WeightsTable } from '../weights-entry.ts';

export const weights: WeightsTable = {
  mobilenet_v2: [
    {
      name: 'IMAGENET1K_V1',
      model: 'mobilenet_v2',
      url: 'https://download.pytorch.org/models/mobilenet_v2-b0353104.pth',
      default: false,
      preset: {
        kind: 'classification',
        resize: 256,
        crop: 224,
        interpolation: 'bilinear',
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
      },
      meta: {
        numParams: 3504872,
        minSize: [1, 1],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/tree/main/references/classification#mobilenetv2',
        accuracy: { 'acc@1': 71.878, 'acc@5': 90.286 },
        dataset: 'ImageNet-1K',
        ops: 0.301,
        fileSize: 13.555,
      },
    },
    {
      name: 'IMAGENET1K_V2',
      model: 'mobilenet_v2',
      url: 'https://download.pytorch.org/models/mobilenet_v2-7ebf99e0.pth',
      default: true,
      preset: {
        kind: 'classification',
        resize: 232,
        crop: 224,
        interpolation: 'bilinear',
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
      },
      meta: {
        numParams: 3504872,
        minSize: [1, 1],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/issues/3995#new-recipe-with-reg-tuning',
        accuracy: { 'acc@1': 72.154, 'acc@5': 90.822 },
        dataset: 'ImageNet-1K',
        ops: 0.301,
        fileSize: 13.598,
      },
    },
  ],
};

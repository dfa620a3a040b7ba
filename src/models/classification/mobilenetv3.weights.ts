/** Published weights of mobilenetv3's models. Written by scripts/generate-weights.mjs and scripts/embed-weights.mjs. */
import type { WeightsTable } from '../weights-entry.ts';

export const weights: WeightsTable = {
  mobilenet_v3_large: [
    {
      name: 'IMAGENET1K_V1',
      model: 'mobilenet_v3_large',
      url: 'https://download.pytorch.org/models/mobilenet_v3_large-8738ca79.pth',
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
        numParams: 5483032,
        minSize: [1, 1],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/tree/main/references/classification#mobilenetv3-large--small',
        accuracy: { 'acc@1': 74.042, 'acc@5': 91.34 },
        dataset: 'ImageNet-1K',
        ops: 0.217,
        fileSize: 21.114,
      },
    },
    {
      name: 'IMAGENET1K_V2',
      model: 'mobilenet_v3_large',
      url: 'https://download.pytorch.org/models/mobilenet_v3_large-5c1a4163.pth',
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
        numParams: 5483032,
        minSize: [1, 1],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/issues/3995#new-recipe-with-reg-tuning',
        accuracy: { 'acc@1': 75.274, 'acc@5': 92.566 },
        dataset: 'ImageNet-1K',
        ops: 0.217,
        fileSize: 21.107,
      },
    },
  ],
  mobilenet_v3_small: [
    {
      name: 'IMAGENET1K_V1',
      model: 'mobilenet_v3_small',
      url: 'https://download.pytorch.org/models/mobilenet_v3_small-047dcff4.pth',
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
        numParams: 2542856,
        minSize: [1, 1],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/tree/main/references/classification#mobilenetv3-large--small',
        accuracy: { 'acc@1': 67.668, 'acc@5': 87.402 },
        dataset: 'ImageNet-1K',
        ops: 0.057,
        fileSize: 9.829,
      },
    },
  ],
};

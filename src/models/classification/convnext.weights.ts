/** Published weights of convnext's models. Written by scripts/generate-weights.mjs and scripts/embed-weights.mjs. */
import type { WeightsTable } from '../weights-entry.ts';

export const weights: WeightsTable = {
  convnext_tiny: [
    {
      name: 'IMAGENET1K_V1',
      model: 'convnext_tiny',
      url: 'https://download.pytorch.org/models/convnext_tiny-983f1562.pth',
      default: true,
      preset: {
        kind: 'classification',
        resize: 236,
        crop: 224,
        interpolation: 'bilinear',
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
      },
      meta: {
        numParams: 28589128,
        minSize: [32, 32],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/tree/main/references/classification#convnext',
        accuracy: { 'acc@1': 82.52, 'acc@5': 96.146 },
        dataset: 'ImageNet-1K',
        ops: 4.456,
        fileSize: 109.119,
      },
    },
  ],
  convnext_small: [
    {
      name: 'IMAGENET1K_V1',
      model: 'convnext_small',
      url: 'https://download.pytorch.org/models/convnext_small-0c510722.pth',
      default: true,
      preset: {
        kind: 'classification',
        resize: 230,
        crop: 224,
        interpolation: 'bilinear',
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
      },
      meta: {
        numParams: 50223688,
        minSize: [32, 32],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/tree/main/references/classification#convnext',
        accuracy: { 'acc@1': 83.616, 'acc@5': 96.65 },
        dataset: 'ImageNet-1K',
        ops: 8.684,
        fileSize: 191.703,
      },
    },
  ],
  convnext_base: [
    {
      name: 'IMAGENET1K_V1',
      model: 'convnext_base',
      url: 'https://download.pytorch.org/models/convnext_base-6075fbad.pth',
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
        numParams: 88591464,
        minSize: [32, 32],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/tree/main/references/classification#convnext',
        accuracy: { 'acc@1': 84.062, 'acc@5': 96.87 },
        dataset: 'ImageNet-1K',
        ops: 15.355,
        fileSize: 338.064,
      },
    },
  ],
  convnext_large: [
    {
      name: 'IMAGENET1K_V1',
      model: 'convnext_large',
      url: 'https://download.pytorch.org/models/convnext_large-ea097f82.pth',
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
        numParams: 197767336,
        minSize: [32, 32],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/tree/main/references/classification#convnext',
        accuracy: { 'acc@1': 84.414, 'acc@5': 96.976 },
        dataset: 'ImageNet-1K',
        ops: 34.361,
        fileSize: 754.537,
      },
    },
  ],
};

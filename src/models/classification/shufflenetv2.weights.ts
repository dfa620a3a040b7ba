/** Published weights of shufflenetv2's models. Written by scripts/generate-weights.mjs and scripts/embed-weights.mjs. */
import type { WeightsTable } from '../weights-entry.ts';

export const weights: WeightsTable = {
  shufflenet_v2_x0_5: [
    {
      name: 'IMAGENET1K_V1',
      model: 'shufflenet_v2_x0_5',
      url: 'https://download.pytorch.org/models/shufflenetv2_x0.5-f707e7126e.pth',
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
        numParams: 1366792,
        minSize: [1, 1],
        categories: 'imagenet',
        recipe: 'https://github.com/ericsun99/Shufflenet-v2-Pytorch',
        accuracy: { 'acc@1': 60.552, 'acc@5': 81.746 },
        dataset: 'ImageNet-1K',
        ops: 0.04,
        fileSize: 5.282,
      },
    },
  ],
  shufflenet_v2_x1_0: [
    {
      name: 'IMAGENET1K_V1',
      model: 'shufflenet_v2_x1_0',
      url: 'https://download.pytorch.org/models/shufflenetv2_x1-5666bf0f80.pth',
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
        numParams: 2278604,
        minSize: [1, 1],
        categories: 'imagenet',
        recipe: 'https://github.com/ericsun99/Shufflenet-v2-Pytorch',
        accuracy: { 'acc@1': 69.362, 'acc@5': 88.316 },
        dataset: 'ImageNet-1K',
        ops: 0.145,
        fileSize: 8.791,
      },
    },
  ],
  shufflenet_v2_x1_5: [
    {
      name: 'IMAGENET1K_V1',
      model: 'shufflenet_v2_x1_5',
      url: 'https://download.pytorch.org/models/shufflenetv2_x1_5-3c479a10.pth',
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
        numParams: 3503624,
        minSize: [1, 1],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/pull/5906',
        accuracy: { 'acc@1': 72.996, 'acc@5': 91.086 },
        dataset: 'ImageNet-1K',
        ops: 0.296,
        fileSize: 13.557,
      },
    },
  ],
  shufflenet_v2_x2_0: [
    {
      name: 'IMAGENET1K_V1',
      model: 'shufflenet_v2_x2_0',
      url: 'https://download.pytorch.org/models/shufflenetv2_x2_0-8be3c8ee.pth',
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
        numParams: 7393996,
        minSize: [1, 1],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/pull/5906',
        accuracy: { 'acc@1': 76.23, 'acc@5': 93.006 },
        dataset: 'ImageNet-1K',
        ops: 0.583,
        fileSize: 28.433,
      },
    },
  ],
};

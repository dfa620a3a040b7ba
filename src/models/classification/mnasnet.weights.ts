/** Published weights of mnasnet's models. Written by scripts/generate-weights.mjs and scripts/embed-weights.mjs. */
import type { WeightsTable } from '../weights-entry.ts';

export const weights: WeightsTable = {
  mnasnet0_5: [
    {
      name: 'IMAGENET1K_V1',
      model: 'mnasnet0_5',
      url: 'https://download.pytorch.org/models/mnasnet0.5_top1_67.823-3ffadce67e.pth',
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
        numParams: 2218512,
        minSize: [1, 1],
        categories: 'imagenet',
        recipe: 'https://github.com/1e100/mnasnet_trainer',
        accuracy: { 'acc@1': 67.734, 'acc@5': 87.49 },
        dataset: 'ImageNet-1K',
        ops: 0.104,
        fileSize: 8.591,
      },
    },
  ],
  mnasnet0_75: [
    {
      name: 'IMAGENET1K_V1',
      model: 'mnasnet0_75',
      url: 'https://download.pytorch.org/models/mnasnet0_75-7090bc5f.pth',
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
        numParams: 3170208,
        minSize: [1, 1],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/pull/6019',
        accuracy: { 'acc@1': 71.18, 'acc@5': 90.496 },
        dataset: 'ImageNet-1K',
        ops: 0.215,
        fileSize: 12.303,
      },
    },
  ],
  mnasnet1_0: [
    {
      name: 'IMAGENET1K_V1',
      model: 'mnasnet1_0',
      url: 'https://download.pytorch.org/models/mnasnet1.0_top1_73.512-f206786ef8.pth',
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
        numParams: 4383312,
        minSize: [1, 1],
        categories: 'imagenet',
        recipe: 'https://github.com/1e100/mnasnet_trainer',
        accuracy: { 'acc@1': 73.456, 'acc@5': 91.51 },
        dataset: 'ImageNet-1K',
        ops: 0.314,
        fileSize: 16.915,
      },
    },
  ],
  mnasnet1_3: [
    {
      name: 'IMAGENET1K_V1',
      model: 'mnasnet1_3',
      url: 'https://download.pytorch.org/models/mnasnet1_3-a4c69d6f.pth',
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
        numParams: 6282256,
        minSize: [1, 1],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/pull/6019',
        accuracy: { 'acc@1': 76.506, 'acc@5': 93.522 },
        dataset: 'ImageNet-1K',
        ops: 0.526,
        fileSize: 24.246,
      },
    },
  ],
};

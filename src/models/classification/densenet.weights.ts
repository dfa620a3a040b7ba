/** Published weights of densenet's models. Written by scripts/generate-weights.mjs and scripts/embed-weights.mjs. */
import type { WeightsTable } from '../weights-entry.ts';

export const weights: WeightsTable = {
  densenet121: [
    {
      name: 'IMAGENET1K_V1',
      model: 'densenet121',
      url: 'https://download.pytorch.org/models/densenet121-a639ec97.pth',
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
        numParams: 7978856,
        minSize: [29, 29],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/pull/116',
        accuracy: { 'acc@1': 74.434, 'acc@5': 91.972 },
        dataset: 'ImageNet-1K',
        ops: 2.834,
        fileSize: 30.845,
      },
    },
  ],
  densenet161: [
    {
      name: 'IMAGENET1K_V1',
      model: 'densenet161',
      url: 'https://download.pytorch.org/models/densenet161-8d451a50.pth',
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
        numParams: 28681000,
        minSize: [29, 29],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/pull/116',
        accuracy: { 'acc@1': 77.138, 'acc@5': 93.56 },
        dataset: 'ImageNet-1K',
        ops: 7.728,
        fileSize: 110.369,
      },
    },
  ],
  densenet169: [
    {
      name: 'IMAGENET1K_V1',
      model: 'densenet169',
      url: 'https://download.pytorch.org/models/densenet169-b2777c0a.pth',
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
        numParams: 14149480,
        minSize: [29, 29],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/pull/116',
        accuracy: { 'acc@1': 75.6, 'acc@5': 92.806 },
        dataset: 'ImageNet-1K',
        ops: 3.36,
        fileSize: 54.708,
      },
    },
  ],
  densenet201: [
    {
      name: 'IMAGENET1K_V1',
      model: 'densenet201',
      url: 'https://download.pytorch.org/models/densenet201-c1103571.pth',
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
        numParams: 20013928,
        minSize: [29, 29],
        categories: 'imagenet',
        recipe: 'https://github.com/pytorch/vision/pull/116',
        accuracy: { 'acc@1': 76.896, 'acc@5': 93.37 },
        dataset: 'ImageNet-1K',
        ops: 4.291,
        fileSize: 77.373,
      },
    },
  ],
};

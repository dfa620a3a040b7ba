/** The tables of EfficientNet and EfficientNetV2, and the coefficients that scale B0 to B7: data, to build, scale and search. */
import type { NormOptions } from '../../../nn/layers/batch-norm.ts';
import type { ScalingCoefficients } from '../../compound-scaling.ts';
import type { Stage } from './blocks.ts';

/** An architecture as data: what there is to scale and to search. */
export interface EfficientNetTable {
  /** Of the 3x3 convolution before the stages, whose channels are the first stage's. */
  readonly stemStride: number;
  readonly stages: readonly Stage[];
  /** Channels of the 1x1 convolution before the pooling. */
  readonly headChannels: number;
}

/** EfficientNet-B0 (Tan & Le 2019, arXiv 1905.11946, table 1). */
export const efficientNetB0: EfficientNetTable = {
  stemStride: 2,
  stages: [
    { block: 'mbconv', expand: 1, kernel: 3, stride: 1, inChannels: 32, outChannels: 16, layers: 1 },
    { block: 'mbconv', expand: 6, kernel: 3, stride: 2, inChannels: 16, outChannels: 24, layers: 2 },
    { block: 'mbconv', expand: 6, kernel: 5, stride: 2, inChannels: 24, outChannels: 40, layers: 2 },
    { block: 'mbconv', expand: 6, kernel: 3, stride: 2, inChannels: 40, outChannels: 80, layers: 3 },
    { block: 'mbconv', expand: 6, kernel: 5, stride: 1, inChannels: 80, outChannels: 112, layers: 3 },
    { block: 'mbconv', expand: 6, kernel: 5, stride: 2, inChannels: 112, outChannels: 192, layers: 4 },
    { block: 'mbconv', expand: 6, kernel: 3, stride: 1, inChannels: 192, outChannels: 320, layers: 1 },
  ],
  headChannels: 1280,
};

/** EfficientNetV2-S (Tan & Le 2021, arXiv 2104.00298, table 4). */
export const efficientNetV2S: EfficientNetTable = {
  stemStride: 2,
  stages: [
    { block: 'fused', expand: 1, kernel: 3, stride: 1, inChannels: 24, outChannels: 24, layers: 2 },
    { block: 'fused', expand: 4, kernel: 3, stride: 2, inChannels: 24, outChannels: 48, layers: 4 },
    { block: 'fused', expand: 4, kernel: 3, stride: 2, inChannels: 48, outChannels: 64, layers: 4 },
    { block: 'mbconv', expand: 4, kernel: 3, stride: 2, inChannels: 64, outChannels: 128, layers: 6 },
    { block: 'mbconv', expand: 6, kernel: 3, stride: 1, inChannels: 128, outChannels: 160, layers: 9 },
    { block: 'mbconv', expand: 6, kernel: 3, stride: 2, inChannels: 160, outChannels: 256, layers: 15 },
  ],
  headChannels: 1280,
};

/** EfficientNetV2-M (the official code of arXiv 2104.00298). */
export const efficientNetV2M: EfficientNetTable = {
  stemStride: 2,
  stages: [
    { block: 'fused', expand: 1, kernel: 3, stride: 1, inChannels: 24, outChannels: 24, layers: 3 },
    { block: 'fused', expand: 4, kernel: 3, stride: 2, inChannels: 24, outChannels: 48, layers: 5 },
    { block: 'fused', expand: 4, kernel: 3, stride: 2, inChannels: 48, outChannels: 80, layers: 5 },
    { block: 'mbconv', expand: 4, kernel: 3, stride: 2, inChannels: 80, outChannels: 160, layers: 7 },
    { block: 'mbconv', expand: 6, kernel: 3, stride: 1, inChannels: 160, outChannels: 176, layers: 14 },
    { block: 'mbconv', expand: 6, kernel: 3, stride: 2, inChannels: 176, outChannels: 304, layers: 18 },
    { block: 'mbconv', expand: 6, kernel: 3, stride: 1, inChannels: 304, outChannels: 512, layers: 5 },
  ],
  headChannels: 1280,
};

/** EfficientNetV2-L (the official code of arXiv 2104.00298). */
export const efficientNetV2L: EfficientNetTable = {
  stemStride: 2,
  stages: [
    { block: 'fused', expand: 1, kernel: 3, stride: 1, inChannels: 32, outChannels: 32, layers: 4 },
    { block: 'fused', expand: 4, kernel: 3, stride: 2, inChannels: 32, outChannels: 64, layers: 7 },
    { block: 'fused', expand: 4, kernel: 3, stride: 2, inChannels: 64, outChannels: 96, layers: 7 },
    { block: 'mbconv', expand: 4, kernel: 3, stride: 2, inChannels: 96, outChannels: 192, layers: 10 },
    { block: 'mbconv', expand: 6, kernel: 3, stride: 1, inChannels: 192, outChannels: 224, layers: 19 },
    { block: 'mbconv', expand: 6, kernel: 3, stride: 2, inChannels: 224, outChannels: 384, layers: 25 },
    { block: 'mbconv', expand: 6, kernel: 3, stride: 1, inChannels: 384, outChannels: 640, layers: 7 },
  ],
  headChannels: 1280,
};

/** Ocelli's own: B0's blocks with less expansion, and a stem that keeps the resolution of pictures that are small already. */
export const efficientNetMini: EfficientNetTable = {
  stemStride: 1,
  stages: [
    { block: 'mbconv', expand: 1, kernel: 3, stride: 1, inChannels: 16, outChannels: 16, layers: 1 },
    { block: 'mbconv', expand: 4, kernel: 3, stride: 2, inChannels: 16, outChannels: 24, layers: 2 },
    { block: 'mbconv', expand: 4, kernel: 5, stride: 2, inChannels: 24, outChannels: 40, layers: 2 },
    { block: 'mbconv', expand: 4, kernel: 3, stride: 1, inChannels: 40, outChannels: 64, layers: 2 },
  ],
  headChannels: 256,
};

/** Published coefficients, the dropout before the classifier (arXiv 1905.11946 and its official code), and torchvision's norm settings. */
export interface EfficientNetVariant extends ScalingCoefficients {
  readonly dropout: number;
  readonly norm: NormOptions;
}

/** torch's defaults. */
export const torchNorm: NormOptions = { eps: 1e-5, momentum: 0.1 };
/** Those of the official code, which is TensorFlow's. */
const tensorflowNorm: NormOptions = { eps: 1e-3, momentum: 0.01 };

/** Resolution is the paper's; a weights entry may have been measured at another (B2 at 288). */
export const efficientNetVariants: Readonly<Record<`b${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`, EfficientNetVariant>> = {
  b0: { width: 1.0, depth: 1.0, resolution: 224, dropout: 0.2, norm: torchNorm },
  b1: { width: 1.0, depth: 1.1, resolution: 240, dropout: 0.2, norm: torchNorm },
  b2: { width: 1.1, depth: 1.2, resolution: 260, dropout: 0.3, norm: torchNorm },
  b3: { width: 1.2, depth: 1.4, resolution: 300, dropout: 0.3, norm: torchNorm },
  b4: { width: 1.4, depth: 1.8, resolution: 380, dropout: 0.4, norm: torchNorm },
  b5: { width: 1.6, depth: 2.2, resolution: 456, dropout: 0.4, norm: tensorflowNorm },
  b6: { width: 1.8, depth: 2.6, resolution: 528, dropout: 0.5, norm: tensorflowNorm },
  b7: { width: 2.0, depth: 3.1, resolution: 600, dropout: 0.5, norm: tensorflowNorm },
};

/** EfficientNet's networks as block strings, and the coefficients that scale them: data, to build, scale and search. */
import type { NormOptions } from '../../../nn/layers/batch-norm.ts';
import type { BlockNetwork } from '../../blocks/network.ts';
import type { ScalingCoefficients } from '../../compound-scaling.ts';

const common = { stemStride: 2, head: 1280, activation: 'silu', squeeze: 'input' } as const;

/** EfficientNet-B0 (Tan & Le 2019, arXiv 1905.11946, table 1). */
export const efficientNetB0: BlockNetwork = {
  ...common,
  stem: 32,
  blocks: `
    ds_r1_k3_s1_c16_se0.25
    ir_r2_k3_s2_e6_c24_se0.25
    ir_r2_k5_s2_e6_c40_se0.25
    ir_r3_k3_s2_e6_c80_se0.25
    ir_r3_k5_s1_e6_c112_se0.25
    ir_r4_k5_s2_e6_c192_se0.25
    ir_r1_k3_s1_e6_c320_se0.25`,
};

/** EfficientNetV2-S (Tan & Le 2021, arXiv 2104.00298, table 4). */
export const efficientNetV2S: BlockNetwork = {
  ...common,
  stem: 24,
  blocks: `
    cn_r2_k3_s1_c24_skip
    er_r4_k3_s2_e4_c48
    er_r4_k3_s2_e4_c64
    ir_r6_k3_s2_e4_c128_se0.25
    ir_r9_k3_s1_e6_c160_se0.25
    ir_r15_k3_s2_e6_c256_se0.25`,
};

/** EfficientNetV2-M (the official code of arXiv 2104.00298). */
export const efficientNetV2M: BlockNetwork = {
  ...common,
  stem: 24,
  blocks: `
    cn_r3_k3_s1_c24_skip
    er_r5_k3_s2_e4_c48
    er_r5_k3_s2_e4_c80
    ir_r7_k3_s2_e4_c160_se0.25
    ir_r14_k3_s1_e6_c176_se0.25
    ir_r18_k3_s2_e6_c304_se0.25
    ir_r5_k3_s1_e6_c512_se0.25`,
};

/** EfficientNetV2-L (the official code of arXiv 2104.00298). */
export const efficientNetV2L: BlockNetwork = {
  ...common,
  stem: 32,
  blocks: `
    cn_r4_k3_s1_c32_skip
    er_r7_k3_s2_e4_c64
    er_r7_k3_s2_e4_c96
    ir_r10_k3_s2_e4_c192_se0.25
    ir_r19_k3_s1_e6_c224_se0.25
    ir_r25_k3_s2_e6_c384_se0.25
    ir_r7_k3_s1_e6_c640_se0.25`,
};

/** Ocelli's own: B0's blocks with less expansion, and a stem that keeps the resolution of pictures that are small already. */
export const efficientNetMini: BlockNetwork = {
  ...common,
  stem: 16,
  stemStride: 1,
  blocks: `
    ds_r1_k3_s1_c16_se0.25
    ir_r2_k3_s2_e4_c24_se0.25
    ir_r2_k5_s2_e4_c40_se0.25
    ir_r2_k3_s1_e4_c64_se0.25`,
  head: 256,
};

/** EfficientNet-lite0: B0's blocks without squeeze-and-excitation, with an activation that is easy to quantize. */
export const efficientNetLite0: BlockNetwork = {
  ...common,
  stem: 32,
  blocks: `
    ds_r1_k3_s1_c16
    ir_r2_k3_s2_e6_c24
    ir_r2_k5_s2_e6_c40
    ir_r3_k3_s2_e6_c80
    ir_r3_k5_s1_e6_c112
    ir_r4_k5_s2_e6_c192
    ir_r1_k3_s1_e6_c320`,
  activation: 'relu6',
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

/**
 * Those of EfficientNet-lite (its official code, tensorflow/tpu, models/official/efficientnet/lite). Neither the first and last
 * convolution nor the repeats of the first and last stage scale.
 */
export const efficientNetLiteVariants: Readonly<Record<`lite${0 | 1 | 2 | 3 | 4}`, EfficientNetVariant>> = {
  lite0: { width: 1.0, depth: 1.0, resolution: 224, dropout: 0.2, norm: tensorflowNorm },
  lite1: { width: 1.0, depth: 1.1, resolution: 240, dropout: 0.2, norm: tensorflowNorm },
  lite2: { width: 1.1, depth: 1.2, resolution: 260, dropout: 0.3, norm: tensorflowNorm },
  lite3: { width: 1.2, depth: 1.4, resolution: 280, dropout: 0.3, norm: tensorflowNorm },
  lite4: { width: 1.4, depth: 1.8, resolution: 300, dropout: 0.3, norm: tensorflowNorm },
};

/** MobileNetV3 large and small. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { flatten } from '../../nn/functional.ts';
import { kaimingNormal, normal } from '../../nn/init.ts';
import { setInitializers } from '../../nn/initialize-layers.ts';
import { AdaptiveAvgPool2d } from '../../nn/layers/adaptive-avg-pool.ts';
import type { NormOptions } from '../../nn/layers/batch-norm.ts';
import { Conv2dNormActivation } from '../../nn/layers/conv-norm-activation.ts';
import { Dropout } from '../../nn/layers/dropout.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { Module } from '../../nn/module.ts';
import { activationLayer } from '../blocks/activations.ts';
import type { BlockSpec } from '../blocks/block-spec.ts';
import { parseBlocks, printBlocks } from '../blocks/block-string.ts';
import { makeBlock } from '../blocks/modules.ts';
import { type BlockNetwork, unrollBlocks } from '../blocks/network.ts';
import { scaleNetwork } from '../blocks/scale.ts';
import { makeDivisible } from '../compound-scaling.ts';

/** An architecture as data. */
export interface MobileNetV3Network extends BlockNetwork {
  /** Outputs of the first linear layer. */
  readonly lastChannels: number;
}

const common = { stem: 16, stemStride: 2, activation: 'hardswish', squeeze: 'hidden' } as const;

/** MobileNetV3-Large (Howard et al. 2019, arXiv 1905.02244, table 1, whose "exp size" is `h`). */
export const mobileNetV3Large: MobileNetV3Network = {
  ...common,
  blocks: `
    ds_r1_k3_s1_c16_nre
    ir_r1_k3_s2_h64_c24_nre
    ir_r1_k3_s1_h72_c24_nre
    ir_r1_k5_s2_h72_c40_se0.25_nre
    ir_r2_k5_s1_h120_c40_se0.25_nre
    ir_r1_k3_s2_h240_c80
    ir_r1_k3_s1_h200_c80
    ir_r2_k3_s1_h184_c80
    ir_r1_k3_s1_h480_c112_se0.25
    ir_r1_k3_s1_h672_c112_se0.25
    ir_r1_k5_s2_h672_c160_se0.25
    ir_r2_k5_s1_h960_c160_se0.25`,
  head: 960,
  lastChannels: 1280,
};

/** MobileNetV3-Small (the same paper, table 2). */
export const mobileNetV3Small: MobileNetV3Network = {
  ...common,
  blocks: `
    ds_r1_k3_s2_c16_se0.25_nre
    ir_r1_k3_s2_h72_c24_nre
    ir_r1_k3_s1_h88_c24_nre
    ir_r1_k5_s2_h96_c40_se0.25
    ir_r2_k5_s1_h240_c40_se0.25
    ir_r1_k5_s1_h120_c48_se0.25
    ir_r1_k5_s1_h144_c48_se0.25
    ir_r1_k5_s2_h288_c96_se0.25
    ir_r2_k5_s1_h576_c96_se0.25`,
  head: 576,
  lastChannels: 1024,
};

export interface MobileNetV3Options {
  /** Outputs of the classifier; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Dropout before the last linear layer; default 0.2. */
  readonly dropout?: number;
  /** Settings of every batch normalization; default { eps: 1e-3, momentum: 0.01 }. */
  readonly norm?: NormOptions;
  /** Multiplies the channels of every layer; default 1. */
  readonly widthMult?: number;
  /** Halves the channels of the blocks after the last stride, as for segmentation (section 6.4 of the paper); default false. */
  readonly reducedTail?: boolean;
  /** Dilates those blocks' kernels by 2 instead of striding; default false. */
  readonly dilated?: boolean;
}

const optionKeys: readonly string[] = ['numClasses', 'inChannels', 'dropout', 'norm', 'widthMult', 'reducedTail', 'dilated'];

/** Blocks whose tail, from the last stride on, has half the channels, and kernels dilated by 2 in place of the stride, if asked. */
function withTail(text: string, reduced: boolean, dilated: boolean): string {
  const blocks = parseBlocks(text);
  const tail = blocks.findLastIndex(({ stride }) => stride > 1);
  const half = (channels: number): number => (reduced ? Math.floor(channels / 2) : channels);
  const changed = blocks.map((block, i): BlockSpec => {
    if (i < tail) return block;
    return {
      ...block,
      channels: half(block.channels),
      // The tail's first block still expands what comes before the tail.
      ...(block.hidden === undefined || i === tail ? {} : { hidden: half(block.hidden) }),
      ...(dilated ? { dilation: 2 } : {}),
      ...(dilated && i === tail ? { stride: 1, skip: false } : {}),
    };
  });
  return printBlocks(changed);
}

/** A network at another width, its tail reduced or dilated. The last convolution widens what comes to it by 6. */
function scaled(base: MobileNetV3Network, width: number, reduced: boolean, dilated: boolean): MobileNetV3Network {
  const { lastChannels, ...rest } = base;
  const network = scaleNetwork({ ...rest, blocks: withTail(base.blocks, reduced, dilated) }, { width });
  const channels = parseBlocks(network.blocks).at(-1)?.channels ?? network.stem;
  return { ...network, head: 6 * channels, lastChannels: makeDivisible(Math.floor(lastChannels / (reduced ? 2 : 1)) * width) };
}

/** Inverted residuals with hard-swish and squeeze-and-excitation: [N, inChannels, H, W] to logits [N, numClasses]. */
export class MobileNetV3 extends Module {
  readonly features: Sequential;
  readonly avgpool: AdaptiveAvgPool2d;
  readonly classifier: Sequential;
  readonly #network: BlockNetwork;

  constructor(base: MobileNetV3Network, options: MobileNetV3Options = {}) {
    super();
    checkKeys('mobilenet_v3', options, optionKeys);
    const { numClasses = 1000, inChannels = 3, dropout = 0.2, widthMult = 1, reducedTail = false, dilated = false } = options;
    const norm = { eps: 1e-3, momentum: 0.01, ...options.norm };
    const { lastChannels, ...network } = scaled(base, widthMult, reducedTail, dilated);
    this.#network = network;
    const { stem, stemStride: stride, head } = network;
    const activation = activationLayer(network.activation);
    const blocks = unrollBlocks(network).flat();
    this.features = new Sequential(
      new Conv2dNormActivation(inChannels, stem, { stride, norm, activation }),
      ...blocks.map((block) => makeBlock(block, { norm })),
      new Conv2dNormActivation(blocks.at(-1)?.outChannels ?? stem, head, { kernelSize: 1, norm, activation }),
    );
    this.avgpool = new AdaptiveAvgPool2d(1);
    this.classifier = new Sequential(
      new Linear(head, lastChannels),
      activation(),
      new Dropout({ p: dropout }),
      new Linear(lastChannels, numClasses),
    );
    setInitializers(this, { conv: kaimingNormal('fanOut'), linear: normal(0, 0.01) });
  }

  /** What it is built from. */
  get network(): BlockNetwork {
    return this.#network;
  }

  protected override forward(x: Value): Value {
    return this.classifier.call(flatten(this.avgpool.call(this.features.call(x)), 1));
  }
}

/** MobileNetV3-Large (Howard et al. 2019, arXiv 1905.02244). */
export function mobilenet_v3_large(options: MobileNetV3Options = {}): MobileNetV3 {
  return new MobileNetV3(mobileNetV3Large, options);
}

/** MobileNetV3-Small. */
export function mobilenet_v3_small(options: MobileNetV3Options = {}): MobileNetV3 {
  return new MobileNetV3(mobileNetV3Small, options);
}

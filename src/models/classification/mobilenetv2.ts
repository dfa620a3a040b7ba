/** MobileNetV2. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { add, flatten } from '../../nn/functional.ts';
import { kaimingNormal, normal } from '../../nn/init.ts';
import { setInitializers } from '../../nn/initialize-layers.ts';
import { AdaptiveAvgPool2d } from '../../nn/layers/adaptive-avg-pool.ts';
import { BatchNorm2d, type NormOptions } from '../../nn/layers/batch-norm.ts';
import { Conv2d } from '../../nn/layers/conv.ts';
import { Conv2dNormActivation } from '../../nn/layers/conv-norm-activation.ts';
import { Dropout } from '../../nn/layers/dropout.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { Module } from '../../nn/module.ts';
import { activationLayer } from '../blocks/activations.ts';
import { type Block, type BlockNetwork, unrollBlocks } from '../blocks/network.ts';
import { scaleNetwork } from '../blocks/scale.ts';

/** Sandler et al. 2018, arXiv 1801.04381, table 2. */
export const mobileNetV2: BlockNetwork = {
  stem: 32,
  stemStride: 2,
  blocks: `
    ds_r1_k3_s1_c16
    ir_r2_k3_s2_e6_c24
    ir_r3_k3_s2_e6_c32
    ir_r4_k3_s2_e6_c64
    ir_r3_k3_s1_e6_c96
    ir_r3_k3_s2_e6_c160
    ir_r1_k3_s1_e6_c320`,
  head: 1280,
  activation: 'relu6',
  squeeze: 'input',
};

export interface MobileNetV2Options {
  /** Outputs of the classifier; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Dropout before the classifier; default 0.2. */
  readonly dropout?: number;
  /** Settings of every batch normalization; default { eps: 1e-5, momentum: 0.1 }. */
  readonly norm?: NormOptions;
  /** α of the paper: multiplies the channels of every layer; the last one's never fall below 1280. Default 1. */
  readonly widthMult?: number;
}

const optionKeys: readonly string[] = ['numClasses', 'inChannels', 'dropout', 'norm', 'widthMult'];

/** Expansion, depthwise convolution and linear projection, beside a shortcut where shapes allow (figure 4 of the paper). */
export class InvertedResidual extends Module {
  readonly conv: Sequential;
  readonly residual: boolean;

  constructor(block: Block, norm: NormOptions = {}) {
    super();
    const { type, kernel: kernelSize, stride, inChannels, hiddenChannels, outChannels } = block;
    const activation = activationLayer(block.activation);
    const layers: Module[] = [];
    if (type === 'ir') layers.push(new Conv2dNormActivation(inChannels, hiddenChannels, { kernelSize: 1, norm, activation }));
    layers.push(
      new Conv2dNormActivation(hiddenChannels, hiddenChannels, { kernelSize, stride, groups: hiddenChannels, norm, activation }),
      new Conv2d(hiddenChannels, outChannels, 1, { bias: false }),
      new BatchNorm2d(outChannels, norm),
    );
    this.conv = new Sequential(...layers);
    this.residual = block.residual;
  }

  protected override forward(x: Value): Value {
    const branch = this.conv.call(x);
    return this.residual ? add(x, branch) : branch;
  }
}

/** Inverted residuals with linear bottlenecks: [N, inChannels, H, W] to logits [N, numClasses]. */
export class MobileNetV2 extends Module {
  readonly features: Sequential;
  readonly avgpool: AdaptiveAvgPool2d;
  readonly classifier: Sequential;
  readonly #network: BlockNetwork;

  constructor(options: MobileNetV2Options = {}) {
    super();
    checkKeys('mobilenet_v2', options, optionKeys);
    const { numClasses = 1000, inChannels = 3, dropout = 0.2, norm = {}, widthMult = 1 } = options;
    this.#network = scaleNetwork(mobileNetV2, { width: widthMult, headWidth: Math.max(1, widthMult) });
    const { stem, stemStride: stride, head } = this.#network;
    const activation = activationLayer(this.#network.activation);
    const blocks = unrollBlocks(this.#network).flat();
    this.features = new Sequential(
      new Conv2dNormActivation(inChannels, stem, { stride, norm, activation }),
      ...blocks.map((block) => new InvertedResidual(block, norm)),
      new Conv2dNormActivation(blocks.at(-1)?.outChannels ?? stem, head, { kernelSize: 1, norm, activation }),
    );
    this.avgpool = new AdaptiveAvgPool2d(1);
    this.classifier = new Sequential(new Dropout({ p: dropout }), new Linear(head, numClasses));
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

/** MobileNetV2 (Sandler et al. 2018, arXiv 1801.04381). */
export function mobilenet_v2(options: MobileNetV2Options = {}): MobileNetV2 {
  return new MobileNetV2(options);
}

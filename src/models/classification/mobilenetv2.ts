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
import { ReLU6 } from '../../nn/layers/relu6.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { Module } from '../../nn/module.ts';
import { makeDivisible } from '../compound-scaling.ts';

/** One row of the architecture's table: `layers` equal blocks, of which the first strides. */
export interface MobileNetV2Stage {
  /** t of the paper: expanded channels per input channel. */
  readonly expand: number;
  /** c of the paper. */
  readonly outChannels: number;
  /** n of the paper. */
  readonly layers: number;
  /** s of the paper. */
  readonly stride: number;
}

/** Sandler et al. 2018, arXiv 1801.04381, table 2. */
export const mobileNetV2Stages: readonly MobileNetV2Stage[] = [
  { expand: 1, outChannels: 16, layers: 1, stride: 1 },
  { expand: 6, outChannels: 24, layers: 2, stride: 2 },
  { expand: 6, outChannels: 32, layers: 3, stride: 2 },
  { expand: 6, outChannels: 64, layers: 4, stride: 2 },
  { expand: 6, outChannels: 96, layers: 3, stride: 1 },
  { expand: 6, outChannels: 160, layers: 3, stride: 2 },
  { expand: 6, outChannels: 320, layers: 1, stride: 1 },
];

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
  /** The architecture's table; default the paper's. */
  readonly stages?: readonly MobileNetV2Stage[];
}

const optionKeys: readonly string[] = ['numClasses', 'inChannels', 'dropout', 'norm', 'widthMult', 'stages'];

const activation = (): ReLU6 => new ReLU6();

/** Expansion, depthwise convolution and linear projection, beside a shortcut where shapes allow (figure 4 of the paper). */
export class InvertedResidual extends Module {
  readonly conv: Sequential;
  readonly residual: boolean;

  constructor(inChannels: number, outChannels: number, stride: number, expand: number, norm: NormOptions = {}) {
    super();
    const hidden = Math.round(inChannels * expand);
    const layers: Module[] = [];
    if (expand !== 1) layers.push(new Conv2dNormActivation(inChannels, hidden, { kernelSize: 1, norm, activation }));
    layers.push(
      new Conv2dNormActivation(hidden, hidden, { stride, groups: hidden, norm, activation }),
      new Conv2d(hidden, outChannels, 1, { bias: false }),
      new BatchNorm2d(outChannels, norm),
    );
    this.conv = new Sequential(...layers);
    this.residual = stride === 1 && inChannels === outChannels;
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

  constructor(options: MobileNetV2Options = {}) {
    super();
    checkKeys('mobilenet_v2', options, optionKeys);
    const { numClasses = 1000, inChannels = 3, dropout = 0.2, norm = {}, widthMult = 1, stages = mobileNetV2Stages } = options;
    let channels = makeDivisible(32 * widthMult);
    const lastChannels = makeDivisible(1280 * Math.max(1, widthMult));
    const layers: Module[] = [new Conv2dNormActivation(inChannels, channels, { stride: 2, norm, activation })];
    for (const stage of stages) {
      const outChannels = makeDivisible(stage.outChannels * widthMult);
      for (let i = 0; i < stage.layers; i++) {
        layers.push(new InvertedResidual(channels, outChannels, i === 0 ? stage.stride : 1, stage.expand, norm));
        channels = outChannels;
      }
    }
    layers.push(new Conv2dNormActivation(channels, lastChannels, { kernelSize: 1, norm, activation }));
    this.features = new Sequential(...layers);
    this.avgpool = new AdaptiveAvgPool2d(1);
    this.classifier = new Sequential(new Dropout({ p: dropout }), new Linear(lastChannels, numClasses));
    setInitializers(this, { conv: kaimingNormal('fanOut'), linear: normal(0, 0.01) });
  }

  protected override forward(x: Value): Value {
    return this.classifier.call(flatten(this.avgpool.call(this.features.call(x)), 1));
  }
}

/** MobileNetV2 (Sandler et al. 2018, arXiv 1801.04381). */
export function mobilenet_v2(options: MobileNetV2Options = {}): MobileNetV2 {
  return new MobileNetV2(options);
}

/** MobileNet v1, with its width multiplier. */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { flatten } from '../../nn/functional.ts';
import { kaimingNormal, normal } from '../../nn/init.ts';
import { setInitializers } from '../../nn/initialize-layers.ts';
import { AdaptiveAvgPool2d } from '../../nn/layers/adaptive-avg-pool.ts';
import type { NormOptions } from '../../nn/layers/batch-norm.ts';
import { Conv2dNormActivation, type Conv2dNormActivationOptions } from '../../nn/layers/conv-norm-activation.ts';
import { Dropout } from '../../nn/layers/dropout.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { ReLU } from '../../nn/layers/relu.ts';
import { ReLU6 } from '../../nn/layers/relu6.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { Module } from '../../nn/module.ts';
import { makeDivisible } from '../compound-scaling.ts';

export interface MobileNetV1Options {
  /** Outputs of the classifier; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Dropout before the classifier; default 0. */
  readonly dropout?: number;
  /** Settings of every batch normalization; default { eps: 1e-5, momentum: 0.1 }. */
  readonly norm?: NormOptions;
  /**
   * α of the paper, which multiplies the channels of every layer: 1 (default), 0.75, 0.5 and 0.25 are published; others are rounded
   * to multiples of 8. The paper's resolution multiplier is the size of the pictures.
   */
  readonly widthMult?: number;
  /** 'relu6' (default) as in the authors' code and in all published weights, or 'relu' as in the paper. */
  readonly activation?: 'relu6' | 'relu';
}

const activations = { relu6: () => new ReLU6(), relu: () => new ReLU() } as const;

/** Channels and stride of the depthwise separable convolutions (Howard et al. 2017, arXiv 1704.04861, table 1). */
const rows: readonly (readonly [outChannels: number, stride: number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];

/** A 3x3 depthwise convolution, '0', and a 1x1 convolution, '1', each with norm and activation (figure 3 of the paper). */
export class DepthwiseSeparable extends Sequential {
  constructor(
    inChannels: number,
    outChannels: number,
    stride: number,
    rest: Pick<Conv2dNormActivationOptions, 'norm' | 'activation'>,
  ) {
    super(
      new Conv2dNormActivation(inChannels, inChannels, { stride, groups: inChannels, ...rest }),
      new Conv2dNormActivation(inChannels, outChannels, { kernelSize: 1, ...rest }),
    );
  }
}

/** Depthwise separable convolutions one after another: [N, inChannels, H, W] to logits [N, numClasses]. */
export class MobileNetV1 extends Module {
  readonly features: Sequential;
  readonly avgpool: AdaptiveAvgPool2d;
  readonly classifier: Sequential;

  constructor(options: MobileNetV1Options = {}) {
    super();
    checkKeys('mobilenet_v1', options, ['numClasses', 'inChannels', 'dropout', 'norm', 'widthMult', 'activation']);
    const { numClasses = 1000, inChannels = 3, dropout = 0, norm = {}, widthMult = 1 } = options;
    if (!(widthMult > 0)) throw new OcelliError('usage', `mobilenet_v1: widthMult must be above 0, ${widthMult} came`);
    const { activation: name = 'relu6' } = options;
    if (!Object.hasOwn(activations, name)) {
      throw new OcelliError('usage', `mobilenet_v1: activation must be relu6 or relu, ${name} came`);
    }
    const rest = { norm, activation: activations[name] };
    let channels = makeDivisible(32 * widthMult);
    const layers: Module[] = [new Conv2dNormActivation(inChannels, channels, { stride: 2, ...rest })];
    for (const [width, stride] of rows) {
      const outChannels = makeDivisible(width * widthMult);
      layers.push(new DepthwiseSeparable(channels, outChannels, stride, rest));
      channels = outChannels;
    }
    this.features = new Sequential(...layers);
    this.avgpool = new AdaptiveAvgPool2d(1);
    this.classifier = new Sequential(new Dropout({ p: dropout }), new Linear(channels, numClasses));
    setInitializers(this, { conv: kaimingNormal('fanOut'), linear: normal(0, 0.01) });
  }

  protected override forward(x: Value): Value {
    return this.classifier.call(flatten(this.avgpool.call(this.features.call(x)), 1));
  }
}

/**
 * MobileNet v1 (Howard et al. 2017, arXiv 1704.04861). Ocelli's own, not torchvision's; its first values are drawn as torchvision
 * draws MobileNetV2's.
 */
export function mobilenet_v1(options: MobileNetV1Options = {}): MobileNetV1 {
  return new MobileNetV1(options);
}

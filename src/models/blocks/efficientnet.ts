/** The EfficientNet module: any network of blocks, in torchvision's layout of keys. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { flatten } from '../../nn/functional.ts';
import { kaimingNormal, uniformByOutputs } from '../../nn/init.ts';
import { setInitializers } from '../../nn/initialize-layers.ts';
import { AdaptiveAvgPool2d } from '../../nn/layers/adaptive-avg-pool.ts';
import type { NormOptions } from '../../nn/layers/batch-norm.ts';
import { Conv2dNormActivation } from '../../nn/layers/conv-norm-activation.ts';
import { Dropout } from '../../nn/layers/dropout.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { Module } from '../../nn/module.ts';
import { activationLayer } from './activations.ts';
import { makeBlock } from './modules.ts';
import { type BlockNetwork, unrollBlocks } from './network.ts';

export interface EfficientNetOptions {
  /** Outputs of the classifier; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Dropout before the classifier; default the variant's own, 0.2 to 0.5. */
  readonly dropout?: number;
  /** Probability of dropping the last residual branch, rising linearly from 0 at the first; default 0.2. */
  readonly stochasticDepthProb?: number;
  /** Settings of every batch normalization; default the variant's own. */
  readonly norm?: NormOptions;
}

export const efficientNetKeys: readonly string[] = ['numClasses', 'inChannels', 'dropout', 'stochasticDepthProb', 'norm'];

/** An architecture with the settings of its training. */
export interface EfficientNetConfig extends BlockNetwork {
  readonly dropout: number;
  readonly norm: NormOptions;
}

/** An EfficientNet of any blocks: [N, inChannels, H, W] to logits [N, numClasses]. */
export class EfficientNet extends Module {
  readonly features: Sequential;
  readonly avgpool: AdaptiveAvgPool2d;
  readonly classifier: Sequential;
  readonly #network: BlockNetwork;

  constructor(config: EfficientNetConfig, options: EfficientNetOptions = {}) {
    super();
    checkKeys('efficientnet', options, efficientNetKeys);
    const { dropout, norm: ownNorm, ...network } = config;
    this.#network = network;
    const { numClasses = 1000, inChannels = 3, stochasticDepthProb = 0.2 } = options;
    const norm = { ...ownNorm, ...options.norm };
    const activation = activationLayer(network.activation);
    const stages = unrollBlocks(network);
    const total = stages.flat().length;
    let before = 0;
    const body = stages.map(
      (stage) =>
        new Sequential(...stage.map((block) => makeBlock(block, { norm, dropProb: (stochasticDepthProb * before++) / total }))),
    );
    const channels = stages.at(-1)?.at(-1)?.outChannels ?? network.stem;
    this.features = new Sequential(
      new Conv2dNormActivation(inChannels, network.stem, { stride: network.stemStride, norm, activation }),
      ...body,
      new Conv2dNormActivation(channels, network.head, { kernelSize: 1, norm, activation }),
    );
    this.avgpool = new AdaptiveAvgPool2d(1);
    this.classifier = new Sequential(new Dropout({ p: options.dropout ?? dropout }), new Linear(network.head, numClasses));
    setInitializers(this, { conv: kaimingNormal('fanOut'), linear: uniformByOutputs });
  }

  /** What it is built from. */
  get network(): BlockNetwork {
    return this.#network;
  }

  protected override forward(x: Value): Value {
    return this.classifier.call(flatten(this.avgpool.call(this.features.call(x)), 1));
  }
}

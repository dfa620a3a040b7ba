/** SqueezeNet 1.0 and 1.1. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { concat, flatten } from '../../nn/functional.ts';
import { constant, kaimingUniform, normal } from '../../nn/init.ts';
import { setInitializers } from '../../nn/initialize-layers.ts';
import { AdaptiveAvgPool2d } from '../../nn/layers/adaptive-avg-pool.ts';
import { Conv2d } from '../../nn/layers/conv.ts';
import { Dropout } from '../../nn/layers/dropout.ts';
import { MaxPool2d } from '../../nn/layers/max-pool.ts';
import { ReLU } from '../../nn/layers/relu.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { Module } from '../../nn/module.ts';

export interface SqueezeNetOptions {
  /** Outputs of the classifier; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Dropout before the classifier; default 0.5. */
  readonly dropout?: number;
}

/** A fire module: channels in, of the squeezing layer, and of each of the two expanding ones. */
type FireRow = readonly [inChannels: number, squeeze: number, expand: number];

/** What tells one version from another. */
export interface SqueezeNetConfig {
  /** Channels and kernel of the first convolution, of stride 2. */
  readonly stem: { readonly channels: number; readonly kernelSize: number };
  /** Fire modules and 3x3 max pools of stride 2 after it. */
  readonly body: readonly (FireRow | 'pool')[];
}

/** Iandola et al. 2016, arXiv 1602.07360, table 1. */
const version1_0: SqueezeNetConfig = {
  stem: { channels: 96, kernelSize: 7 },
  body: [
    'pool',
    [96, 16, 64],
    [128, 16, 64],
    [128, 32, 128],
    'pool',
    [256, 32, 128],
    [256, 48, 192],
    [384, 48, 192],
    [384, 64, 256],
    'pool',
    [512, 64, 256],
  ],
};

/** The authors' later version, of 2.4 times fewer multiply-adds: smaller first convolution, earlier pools. */
const version1_1: SqueezeNetConfig = {
  stem: { channels: 64, kernelSize: 3 },
  body: [
    'pool',
    [64, 16, 64],
    [128, 16, 64],
    'pool',
    [128, 32, 128],
    [256, 32, 128],
    'pool',
    [256, 48, 192],
    [384, 48, 192],
    [384, 64, 256],
    [512, 64, 256],
  ],
};

/** A squeezing 1x1 convolution, then 1x1 and 3x3 convolutions side by side, concatenated (figure 1 of the paper). */
export class Fire extends Module {
  readonly squeeze: Conv2d;
  readonly squeeze_activation: ReLU;
  readonly expand1x1: Conv2d;
  readonly expand1x1_activation: ReLU;
  readonly expand3x3: Conv2d;
  readonly expand3x3_activation: ReLU;

  constructor(inChannels: number, squeeze: number, expand: number) {
    super();
    this.squeeze = new Conv2d(inChannels, squeeze, 1);
    this.squeeze_activation = new ReLU();
    this.expand1x1 = new Conv2d(squeeze, expand, 1);
    this.expand1x1_activation = new ReLU();
    this.expand3x3 = new Conv2d(squeeze, expand, 3, { padding: 1 });
    this.expand3x3_activation = new ReLU();
  }

  protected override forward(x: Value): Value {
    const squeezed = this.squeeze_activation.call(this.squeeze.call(x));
    const points = this.expand1x1_activation.call(this.expand1x1.call(squeezed));
    const areas = this.expand3x3_activation.call(this.expand3x3.call(squeezed));
    return concat([points, areas], 1);
  }
}

/** A network of fire modules whose classifier is a 1x1 convolution: [N, inChannels, H, W] to logits [N, numClasses]. */
export class SqueezeNet extends Module {
  readonly features: Sequential;
  readonly classifier: Sequential;

  constructor(config: SqueezeNetConfig, options: SqueezeNetOptions = {}) {
    super();
    checkKeys('squeezenet', options, ['numClasses', 'inChannels', 'dropout']);
    const { numClasses = 1000, inChannels = 3, dropout = 0.5 } = options;
    const { channels, kernelSize } = config.stem;
    const body = config.body.map((row) => (row === 'pool' ? new MaxPool2d(3, { stride: 2, ceilMode: true }) : new Fire(...row)));
    this.features = new Sequential(new Conv2d(inChannels, channels, kernelSize, { stride: 2 }), new ReLU(), ...body);
    const head = new Conv2d(512, numClasses, 1);
    this.classifier = new Sequential(new Dropout({ p: dropout }), head, new ReLU(), new AdaptiveAvgPool2d(1));
    setInitializers(this, { conv: kaimingUniform('fanIn') });
    head.weight.init = normal(0, 0.01);
    if (head.bias) head.bias.init = constant(0);
  }

  protected override forward(x: Value): Value {
    return flatten(this.classifier.call(this.features.call(x)), 1);
  }
}

/** SqueezeNet 1.0 (Iandola et al. 2016, arXiv 1602.07360). Pictures of at least 21x21. */
export function squeezenet1_0(options: SqueezeNetOptions = {}): SqueezeNet {
  return new SqueezeNet(version1_0, options);
}

/** SqueezeNet 1.1, of 2.4 times fewer multiply-adds. Pictures of at least 17x17. */
export function squeezenet1_1(options: SqueezeNetOptions = {}): SqueezeNet {
  return new SqueezeNet(version1_1, options);
}

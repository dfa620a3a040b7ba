/** DenseNet-121, 161, 169 and 201. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { concat, flatten, globalAvgPool, relu } from '../../nn/functional.ts';
import { constant, kaimingNormal } from '../../nn/init.ts';
import { setInitializers } from '../../nn/initialize-layers.ts';
import { AvgPool2d } from '../../nn/layers/avg-pool.ts';
import { BatchNorm2d, type NormOptions } from '../../nn/layers/batch-norm.ts';
import { Conv2d } from '../../nn/layers/conv.ts';
import { Dropout } from '../../nn/layers/dropout.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { MaxPool2d } from '../../nn/layers/max-pool.ts';
import { ReLU } from '../../nn/layers/relu.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { Module } from '../../nn/module.ts';

export interface DenseNetOptions {
  /** Outputs of the classifier; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Dropout of what each dense layer adds; default 0. */
  readonly dropout?: number;
  /** Settings of every batch normalization; default { eps: 1e-5, momentum: 0.1 }. */
  readonly norm?: NormOptions;
}

/** What tells one network of the family from another. */
export interface DenseNetConfig {
  /** Channels that each layer adds, k in the paper. */
  readonly growth: number;
  /** Layers in each of the four dense blocks. */
  readonly blocks: readonly [number, number, number, number];
  /** Channels of the first convolution. */
  readonly stem: number;
}

/** What dense layers share. */
interface LayerOptions {
  readonly growth: number;
  readonly dropout: number;
  readonly norm: NormOptions;
}

/** A layer's 1x1 convolution has this many times the channels that the layer adds. */
const bottleneck = 4;

/**
 * Norm, ReLU and 1x1 convolution, then norm, ReLU and 3x3 convolution, over all that came before it in its block (Huang et al.
 * 2017, arXiv 1608.06993, section 3: DenseNet-B).
 */
export class DenseLayer extends Module<readonly Value[]> {
  readonly norm1: BatchNorm2d;
  readonly relu1: ReLU;
  readonly conv1: Conv2d;
  readonly norm2: BatchNorm2d;
  readonly relu2: ReLU;
  readonly conv2: Conv2d;
  readonly dropout: Dropout;

  constructor(inChannels: number, { growth, dropout, norm }: LayerOptions) {
    super();
    const hidden = bottleneck * growth;
    this.norm1 = new BatchNorm2d(inChannels, norm);
    this.relu1 = new ReLU();
    this.conv1 = new Conv2d(inChannels, hidden, 1, { bias: false });
    this.norm2 = new BatchNorm2d(hidden, norm);
    this.relu2 = new ReLU();
    this.conv2 = new Conv2d(hidden, growth, 3, { padding: 1, bias: false });
    this.dropout = new Dropout({ p: dropout });
  }

  protected override forward(...parts: readonly Value[]): Value {
    const hidden = this.conv1.call(this.relu1.call(this.norm1.call(concat(parts, 1))));
    return this.dropout.call(this.conv2.call(this.relu2.call(this.norm2.call(hidden))));
  }
}

/** Layers `denselayer1`, ... of which each gets the input and the outputs of all before it; gives all of them concatenated. */
export class DenseBlock extends Module {
  constructor(layers: number, inChannels: number, options: LayerOptions) {
    super();
    for (let i = 0; i < layers; i++) {
      Object.assign(this, { [`denselayer${i + 1}`]: new DenseLayer(inChannels + i * options.growth, options) });
    }
  }

  protected override forward(x: Value): Value {
    const parts = [x];
    for (const [, layer] of this.children()) parts.push((layer as DenseLayer).call(...parts));
    return concat(parts, 1);
  }
}

/** Halves the channels and the picture between two blocks. */
function transition(inChannels: number, outChannels: number, norm: NormOptions): Sequential {
  return new Sequential({
    norm: new BatchNorm2d(inChannels, norm),
    relu: new ReLU(),
    conv: new Conv2d(inChannels, outChannels, 1, { bias: false }),
    pool: new AvgPool2d(2),
  });
}

/** Four dense blocks (DenseNet-BC): [N, inChannels, H, W] to logits [N, numClasses]. */
export class DenseNet extends Module {
  readonly features: Sequential;
  readonly classifier: Linear;

  constructor({ growth, blocks, stem }: DenseNetConfig, options: DenseNetOptions = {}) {
    super();
    checkKeys('densenet', options, ['numClasses', 'inChannels', 'dropout', 'norm']);
    const { numClasses = 1000, inChannels = 3, dropout = 0, norm = {} } = options;
    const layers: Record<string, Module> = {
      conv0: new Conv2d(inChannels, stem, 7, { stride: 2, padding: 3, bias: false }),
      norm0: new BatchNorm2d(stem, norm),
      relu0: new ReLU(),
      pool0: new MaxPool2d(3, { stride: 2, padding: 1 }),
    };
    let channels = stem;
    blocks.forEach((depth, i) => {
      layers[`denseblock${i + 1}`] = new DenseBlock(depth, channels, { growth, dropout, norm });
      channels += depth * growth;
      if (i === blocks.length - 1) return;
      const half = Math.floor(channels / 2);
      layers[`transition${i + 1}`] = transition(channels, half, norm);
      channels = half;
    });
    layers.norm5 = new BatchNorm2d(channels, norm);
    this.features = new Sequential(layers);
    this.classifier = new Linear(channels, numClasses);
    setInitializers(this, { conv: kaimingNormal('fanIn') });
    if (this.classifier.bias) this.classifier.bias.init = constant(0);
  }

  /** Checkpoints from before module names had no dots, torchvision's own among them, say `norm.1` where it is `norm1` now. */
  override keyOf(key: string): string {
    return key.replace(/(denselayer\d+\.(?:norm|relu|conv))\.([12])\./, '$1$2.');
  }

  protected override forward(x: Value): Value {
    const features = relu(this.features.call(x));
    return this.classifier.call(flatten(globalAvgPool(features), 1));
  }
}

/** DenseNet-121 (Huang et al. 2017, arXiv 1608.06993, table 1). Pictures of at least 29x29, as for all of the family. */
export function densenet121(options: DenseNetOptions = {}): DenseNet {
  return new DenseNet({ growth: 32, blocks: [6, 12, 24, 16], stem: 64 }, options);
}

/** DenseNet-161: 48 channels a layer, 96 in the first convolution. */
export function densenet161(options: DenseNetOptions = {}): DenseNet {
  return new DenseNet({ growth: 48, blocks: [6, 12, 36, 24], stem: 96 }, options);
}

/** DenseNet-169 (Huang et al. 2017, table 1). */
export function densenet169(options: DenseNetOptions = {}): DenseNet {
  return new DenseNet({ growth: 32, blocks: [6, 12, 32, 32], stem: 64 }, options);
}

/** DenseNet-201 (Huang et al. 2017, table 1). */
export function densenet201(options: DenseNetOptions = {}): DenseNet {
  return new DenseNet({ growth: 32, blocks: [6, 12, 48, 32], stem: 64 }, options);
}

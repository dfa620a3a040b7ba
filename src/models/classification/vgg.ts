/** VGG of 11, 13, 16 and 19 layers, with and without batch normalization. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { flatten } from '../../nn/functional.ts';
import { kaimingNormal, normal } from '../../nn/init.ts';
import { setInitializers } from '../../nn/initialize-layers.ts';
import { AdaptiveAvgPool2d } from '../../nn/layers/adaptive-avg-pool.ts';
import { BatchNorm2d, type NormOptions } from '../../nn/layers/batch-norm.ts';
import { Conv2d } from '../../nn/layers/conv.ts';
import { Dropout } from '../../nn/layers/dropout.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { MaxPool2d } from '../../nn/layers/max-pool.ts';
import { ReLU } from '../../nn/layers/relu.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { Module } from '../../nn/module.ts';

export interface VGGOptions {
  /** Outputs of the classifier; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Dropout after each hidden layer of the classifier; default 0.5. */
  readonly dropout?: number;
}

export interface VGGBatchNormOptions extends VGGOptions {
  /** Settings of every batch normalization; default { eps: 1e-5, momentum: 0.1 }. */
  readonly norm?: NormOptions;
}

/** Channels of the five stages; each ends in a 2x2 max pool. */
const stageChannels = [64, 128, 256, 512, 512] as const;

/** 3x3 convolutions in each stage: columns A, B, D and E of table 1 (Simonyan & Zisserman 2014, arXiv 1409.1556). */
const stageDepths = {
  A: [1, 1, 2, 2, 2],
  B: [2, 2, 2, 2, 2],
  D: [2, 2, 3, 3, 3],
  E: [2, 2, 4, 4, 4],
} as const;

/** What tells one network of the family from another. */
export interface VGGConfig {
  /** The column of the paper's table 1. */
  readonly column: keyof typeof stageDepths;
  /** Whether batch normalization follows each convolution. */
  readonly batchNorm: boolean;
}

/** Stages of 3x3 convolutions, then three linear layers: [N, inChannels, H, W] to logits [N, numClasses]. */
export class VGG extends Module {
  readonly features: Sequential;
  readonly avgpool: AdaptiveAvgPool2d;
  readonly classifier: Sequential;

  constructor({ column, batchNorm }: VGGConfig, options: VGGBatchNormOptions = {}) {
    super();
    checkKeys('vgg', options, ['numClasses', 'inChannels', 'dropout', ...(batchNorm ? ['norm'] : [])]);
    const { numClasses = 1000, inChannels = 3, dropout = 0.5, norm = {} } = options;
    const layers: Module[] = [];
    let channels = inChannels;
    stageDepths[column].forEach((depth, stage) => {
      const width = stageChannels[stage] as number;
      for (let i = 0; i < depth; i++) {
        layers.push(new Conv2d(channels, width, 3, { padding: 1 }));
        if (batchNorm) layers.push(new BatchNorm2d(width, norm));
        layers.push(new ReLU());
        channels = width;
      }
      layers.push(new MaxPool2d(2));
    });
    this.features = new Sequential(...layers);
    this.avgpool = new AdaptiveAvgPool2d(7);
    this.classifier = new Sequential(
      new Linear(512 * 7 * 7, 4096),
      new ReLU(),
      new Dropout({ p: dropout }),
      new Linear(4096, 4096),
      new ReLU(),
      new Dropout({ p: dropout }),
      new Linear(4096, numClasses),
    );
    setInitializers(this, { conv: kaimingNormal('fanOut'), linear: normal(0, 0.01) });
  }

  protected override forward(x: Value): Value {
    return this.classifier.call(flatten(this.avgpool.call(this.features.call(x)), 1));
  }
}

/** VGG-11, column A (Simonyan & Zisserman 2014, arXiv 1409.1556). Pictures of at least 32x32, as for all of the family. */
export function vgg11(options: VGGOptions = {}): VGG {
  return new VGG({ column: 'A', batchNorm: false }, options);
}

/** VGG-11 with batch normalization after each convolution. */
export function vgg11_bn(options: VGGBatchNormOptions = {}): VGG {
  return new VGG({ column: 'A', batchNorm: true }, options);
}

/** VGG-13, column B. */
export function vgg13(options: VGGOptions = {}): VGG {
  return new VGG({ column: 'B', batchNorm: false }, options);
}

/** VGG-13 with batch normalization. */
export function vgg13_bn(options: VGGBatchNormOptions = {}): VGG {
  return new VGG({ column: 'B', batchNorm: true }, options);
}

/** VGG-16, column D. */
export function vgg16(options: VGGOptions = {}): VGG {
  return new VGG({ column: 'D', batchNorm: false }, options);
}

/** VGG-16 with batch normalization. */
export function vgg16_bn(options: VGGBatchNormOptions = {}): VGG {
  return new VGG({ column: 'D', batchNorm: true }, options);
}

/** VGG-19, column E. */
export function vgg19(options: VGGOptions = {}): VGG {
  return new VGG({ column: 'E', batchNorm: false }, options);
}

/** VGG-19 with batch normalization. */
export function vgg19_bn(options: VGGBatchNormOptions = {}): VGG {
  return new VGG({ column: 'E', batchNorm: true }, options);
}

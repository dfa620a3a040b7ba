/** Inception v3. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { flatten } from '../../nn/functional.ts';
import { AdaptiveAvgPool2d } from '../../nn/layers/adaptive-avg-pool.ts';
import type { NormOptions } from '../../nn/layers/batch-norm.ts';
import { Dropout } from '../../nn/layers/dropout.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { MaxPool2d } from '../../nn/layers/max-pool.ts';
import { Module } from '../../nn/module.ts';
import { traceOf } from '../../nn/trace-context.ts';
import { auxiliaryLoss, type TrainingLoss } from '../../nn/training-loss.ts';
import {
  type BasicConv2d,
  checkTransform,
  convBlocks,
  inceptionNorm,
  initializeTruncated,
  keyWithout,
  lacksHeads,
  transformedInput,
} from '../inception-parts.ts';
import { InceptionA, InceptionAux, InceptionB, InceptionC, InceptionD, InceptionE } from './inception/blocks.ts';

export interface Inception3Options {
  /** Outputs of the classifier, and of the auxiliary head; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /**
   * Whether it has the auxiliary head, which only training uses; default true. Training with it takes pictures of at least 299x299,
   * the head's 5x5 convolution having nothing to work on otherwise.
   */
  readonly auxLogits?: boolean;
  /**
   * Whether pictures come normalized by ImageNet's mean and deviation and are first made (x − 0.5) / 0.5, which is what the published
   * weights take; torchvision's `transform_input`. Default false: their preset makes such pictures at once.
   */
  readonly transformInput?: boolean;
  /** Dropout before the classifier; default 0.5. */
  readonly dropout?: number;
  /** Settings of every batch normalization; default { eps: 0.001, momentum: 0.1 }. */
  readonly norm?: NormOptions;
}

const optionKeys: readonly string[] = ['numClasses', 'inChannels', 'auxLogits', 'transformInput', 'dropout', 'norm'];

/** Eleven modules of five kinds: [N, inChannels, H, W] to logits [N, numClasses]. */
export class Inception3 extends Module {
  readonly transformInput: boolean;
  readonly Conv2d_1a_3x3: BasicConv2d;
  readonly Conv2d_2a_3x3: BasicConv2d;
  readonly Conv2d_2b_3x3: BasicConv2d;
  readonly maxpool1: MaxPool2d;
  readonly Conv2d_3b_1x1: BasicConv2d;
  readonly Conv2d_4a_3x3: BasicConv2d;
  readonly maxpool2: MaxPool2d;
  readonly Mixed_5b: InceptionA;
  readonly Mixed_5c: InceptionA;
  readonly Mixed_5d: InceptionA;
  readonly Mixed_6a: InceptionB;
  readonly Mixed_6b: InceptionC;
  readonly Mixed_6c: InceptionC;
  readonly Mixed_6d: InceptionC;
  readonly Mixed_6e: InceptionC;
  /** After `Mixed_6e`; undefined without an auxiliary head. */
  AuxLogits: InceptionAux | undefined;
  readonly Mixed_7a: InceptionD;
  readonly Mixed_7b: InceptionE;
  readonly Mixed_7c: InceptionE;
  readonly avgpool: AdaptiveAvgPool2d;
  readonly dropout: Dropout;
  readonly fc: Linear;

  constructor(options: Inception3Options = {}) {
    super();
    checkKeys('inception_v3', options, optionKeys);
    const { numClasses = 1000, inChannels = 3, auxLogits = true, transformInput = false, dropout = 0.5 } = options;
    checkTransform('inception_v3', transformInput, inChannels);
    const block = convBlocks({ ...inceptionNorm, ...options.norm });
    this.transformInput = transformInput;
    this.Conv2d_1a_3x3 = block(inChannels, 32, 3, { stride: 2 });
    this.Conv2d_2a_3x3 = block(32, 32, 3);
    this.Conv2d_2b_3x3 = block(32, 64, 3, { padding: 1 });
    this.maxpool1 = new MaxPool2d(3, { stride: 2 });
    this.Conv2d_3b_1x1 = block(64, 80, 1);
    this.Conv2d_4a_3x3 = block(80, 192, 3);
    this.maxpool2 = new MaxPool2d(3, { stride: 2 });
    this.Mixed_5b = new InceptionA(192, 32, block);
    this.Mixed_5c = new InceptionA(256, 64, block);
    this.Mixed_5d = new InceptionA(288, 64, block);
    this.Mixed_6a = new InceptionB(288, block);
    this.Mixed_6b = new InceptionC(768, 128, block);
    this.Mixed_6c = new InceptionC(768, 160, block);
    this.Mixed_6d = new InceptionC(768, 160, block);
    this.Mixed_6e = new InceptionC(768, 192, block);
    this.AuxLogits = auxLogits ? new InceptionAux(768, numClasses, block) : undefined;
    this.Mixed_7a = new InceptionD(768, block);
    this.Mixed_7b = new InceptionE(1280, block);
    this.Mixed_7c = new InceptionE(2048, block);
    this.avgpool = new AdaptiveAvgPool2d(1);
    this.dropout = new Dropout({ p: dropout });
    this.fc = new Linear(2048, numClasses);
    initializeTruncated(this, (path) => (path === 'AuxLogits.fc' ? 0.001 : 0.1));
  }

  /** The loss of the logits and 0.4 times that of the auxiliary head, as TensorFlow's training of this network has it. */
  override trainingLoss(): TrainingLoss | undefined {
    return this.AuxLogits && auxiliaryLoss({ AuxLogits: 0.4 }, ['AuxLogits.fc']);
  }

  /** The published file has the auxiliary head, whether the model does or not. */
  override keyOf(key: string): string | undefined {
    return this.AuxLogits ? key : keyWithout(key, ['AuxLogits']);
  }

  /** A file without the auxiliary head takes it from the model. */
  override adaptTo(shapes: ReadonlyMap<string, readonly number[]>): void {
    if (lacksHeads(shapes, ['AuxLogits'])) this.AuxLogits = undefined;
  }

  protected override forward(x: Value): Value {
    let y = this.transformInput ? transformedInput(x) : x;
    const stem = [this.Conv2d_1a_3x3, this.Conv2d_2a_3x3, this.Conv2d_2b_3x3, this.maxpool1];
    const narrow = [this.Conv2d_3b_1x1, this.Conv2d_4a_3x3, this.maxpool2, this.Mixed_5b, this.Mixed_5c, this.Mixed_5d];
    const middle = [this.Mixed_6a, this.Mixed_6b, this.Mixed_6c, this.Mixed_6d, this.Mixed_6e];
    for (const module of [...stem, ...narrow, ...middle]) y = module.call(y);
    if (this.AuxLogits && traceOf(x).wants(this.AuxLogits)) this.AuxLogits.call(y);
    for (const module of [this.Mixed_7a, this.Mixed_7b, this.Mixed_7c, this.avgpool]) y = module.call(y);
    return this.fc.call(flatten(this.dropout.call(y), 1));
  }
}

/** Inception v3 (Szegedy et al. 2015, arXiv 1512.00567), for pictures of 299x299; at least 75x75. */
export function inception_v3(options: Inception3Options = {}): Inception3 {
  return new Inception3(options);
}

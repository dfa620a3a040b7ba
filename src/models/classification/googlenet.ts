/** GoogLeNet, the first Inception network. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { adaptiveAvgPool, concat, flatten, relu } from '../../nn/functional.ts';
import { AdaptiveAvgPool2d } from '../../nn/layers/adaptive-avg-pool.ts';
import type { NormOptions } from '../../nn/layers/batch-norm.ts';
import { Dropout } from '../../nn/layers/dropout.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { MaxPool2d } from '../../nn/layers/max-pool.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { Module } from '../../nn/module.ts';
import { traceOf } from '../../nn/trace-context.ts';
import { auxiliaryLoss, type TrainingLoss } from '../../nn/training-loss.ts';
import {
  type BasicConv2d,
  type ConvBlock,
  checkTransform,
  convBlocks,
  inceptionNorm,
  initializeTruncated,
  keyWithout,
  lacksHeads,
  transformedInput,
} from '../inception-parts.ts';

export interface GoogLeNetOptions {
  /** Outputs of the classifier, and of the auxiliary heads; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Whether it has the two auxiliary heads, which only training uses; default true. */
  readonly auxLogits?: boolean;
  /**
   * Whether pictures come normalized by ImageNet's mean and deviation and are first made (x − 0.5) / 0.5, which is what the published
   * weights take; torchvision's `transform_input`. Default false: their preset makes such pictures at once.
   */
  readonly transformInput?: boolean;
  /** Whether the third branches have the paper's 5x5 convolutions; default false: 3x3, as in torchvision and its weights. */
  readonly fiveByFive?: boolean;
  /** Dropout before the classifier; default 0.2. */
  readonly dropout?: number;
  /** Dropout in the auxiliary heads; default 0.7. */
  readonly dropoutAux?: number;
  /** Settings of every batch normalization; default { eps: 0.001, momentum: 0.1 }. */
  readonly norm?: NormOptions;
}

const optionKeys: readonly string[] = [
  ...['numClasses', 'inChannels', 'auxLogits', 'transformInput', 'fiveByFive', 'dropout', 'dropoutAux', 'norm'],
];

/** Channels of a module: 1x1; 3x3 and the 1x1 before it; 5x5 and the 1x1 before it; the 1x1 after the pool (table 1 of the paper). */
type Widths = readonly [one: number, reduce3: number, three: number, reduce5: number, five: number, pool: number];

/** Four branches side by side: 1x1, 3x3, 5x5 (or a second 3x3) and a max pool (figure 2b of the paper). */
export class Inception extends Module {
  readonly branch1: BasicConv2d;
  readonly branch2: Sequential;
  readonly branch3: Sequential;
  readonly branch4: Sequential;

  constructor(inChannels: number, [one, reduce3, three, reduce5, five, pool]: Widths, block: ConvBlock, fiveByFive: boolean) {
    super();
    const kernel = fiveByFive ? 5 : 3;
    this.branch1 = block(inChannels, one, 1);
    this.branch2 = new Sequential(block(inChannels, reduce3, 1), block(reduce3, three, 3, { padding: 1 }));
    this.branch3 = new Sequential(block(inChannels, reduce5, 1), block(reduce5, five, kernel, { padding: (kernel - 1) / 2 }));
    this.branch4 = new Sequential(new MaxPool2d(3, { stride: 1, padding: 1, ceilMode: true }), block(inChannels, pool, 1));
  }

  protected override forward(x: Value): Value {
    return concat([this.branch1.call(x), this.branch2.call(x), this.branch3.call(x), this.branch4.call(x)], 1);
  }
}

/** A small classifier in the middle of the network, for training: [N, inChannels, H, W] to logits [N, numClasses]. */
export class InceptionAux extends Module {
  readonly conv: BasicConv2d;
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly dropout: Dropout;

  constructor(inChannels: number, numClasses: number, block: ConvBlock, dropout: number) {
    super();
    this.conv = block(inChannels, 128, 1);
    this.fc1 = new Linear(128 * 4 * 4, 1024);
    this.fc2 = new Linear(1024, numClasses);
    this.dropout = new Dropout({ p: dropout });
  }

  protected override forward(x: Value): Value {
    const features = this.conv.call(adaptiveAvgPool(x, 4));
    return this.fc2.call(this.dropout.call(relu(this.fc1.call(flatten(features, 1)))));
  }
}

const heads = ['aux1', 'aux2'];

/** Nine Inception modules: [N, inChannels, H, W] to logits [N, numClasses]. */
export class GoogLeNet extends Module {
  readonly transformInput: boolean;
  readonly conv1: BasicConv2d;
  readonly maxpool1: MaxPool2d;
  readonly conv2: BasicConv2d;
  readonly conv3: BasicConv2d;
  readonly maxpool2: MaxPool2d;
  readonly inception3a: Inception;
  readonly inception3b: Inception;
  readonly maxpool3: MaxPool2d;
  readonly inception4a: Inception;
  readonly inception4b: Inception;
  readonly inception4c: Inception;
  readonly inception4d: Inception;
  readonly inception4e: Inception;
  readonly maxpool4: MaxPool2d;
  readonly inception5a: Inception;
  readonly inception5b: Inception;
  /** After `inception4a`, and after `inception4d`; undefined without auxiliary heads. */
  aux1: InceptionAux | undefined;
  aux2: InceptionAux | undefined;
  readonly avgpool: AdaptiveAvgPool2d;
  readonly dropout: Dropout;
  readonly fc: Linear;

  constructor(options: GoogLeNetOptions = {}) {
    super();
    checkKeys('googlenet', options, optionKeys);
    const { numClasses = 1000, inChannels = 3, auxLogits = true, transformInput = false, fiveByFive = false } = options;
    checkTransform('googlenet', transformInput, inChannels);
    const block = convBlocks({ ...inceptionNorm, ...options.norm });
    const inception = (channels: number, ...widths: Widths): Inception => new Inception(channels, widths, block, fiveByFive);
    const halving = (kernel: number): MaxPool2d => new MaxPool2d(kernel, { stride: 2, ceilMode: true });
    this.transformInput = transformInput;
    this.conv1 = block(inChannels, 64, 7, { stride: 2, padding: 3 });
    this.maxpool1 = halving(3);
    this.conv2 = block(64, 64, 1);
    this.conv3 = block(64, 192, 3, { padding: 1 });
    this.maxpool2 = halving(3);
    this.inception3a = inception(192, 64, 96, 128, 16, 32, 32);
    this.inception3b = inception(256, 128, 128, 192, 32, 96, 64);
    this.maxpool3 = halving(3);
    this.inception4a = inception(480, 192, 96, 208, 16, 48, 64);
    this.inception4b = inception(512, 160, 112, 224, 24, 64, 64);
    this.inception4c = inception(512, 128, 128, 256, 24, 64, 64);
    this.inception4d = inception(512, 112, 144, 288, 32, 64, 64);
    this.inception4e = inception(528, 256, 160, 320, 32, 128, 128);
    this.maxpool4 = halving(2);
    this.inception5a = inception(832, 256, 160, 320, 32, 128, 128);
    this.inception5b = inception(832, 384, 192, 384, 48, 128, 128);
    const head = (channels: number): InceptionAux | undefined =>
      auxLogits ? new InceptionAux(channels, numClasses, block, options.dropoutAux ?? 0.7) : undefined;
    this.aux1 = head(512);
    this.aux2 = head(528);
    this.avgpool = new AdaptiveAvgPool2d(1);
    this.dropout = new Dropout({ p: options.dropout ?? 0.2 });
    this.fc = new Linear(1024, numClasses);
    initializeTruncated(this, () => 0.01);
  }

  /** The loss of the logits and 0.3 times that of each auxiliary head (section 5 of the paper). */
  override trainingLoss(): TrainingLoss | undefined {
    return this.aux1 && this.aux2 && auxiliaryLoss({ aux1: 0.3, aux2: 0.3 }, ['aux1.fc2', 'aux2.fc2']);
  }

  /** The published file has auxiliary heads, whether the model does or not. */
  override keyOf(key: string): string | undefined {
    return this.aux1 ? key : keyWithout(key, heads);
  }

  /** A file without auxiliary heads, as torchvision's own loading leaves the network, takes them from the model. */
  override adaptTo(shapes: ReadonlyMap<string, readonly number[]>): void {
    if (lacksHeads(shapes, heads)) this.aux1 = this.aux2 = undefined;
  }

  protected override forward(x: Value): Value {
    const trace = traceOf(x);
    let y = this.transformInput ? transformedInput(x) : x;
    const stem = [this.conv1, this.maxpool1, this.conv2, this.conv3, this.maxpool2];
    for (const module of [...stem, this.inception3a, this.inception3b, this.maxpool3, this.inception4a]) y = module.call(y);
    if (this.aux1 && trace.wants(this.aux1)) this.aux1.call(y);
    for (const module of [this.inception4b, this.inception4c, this.inception4d]) y = module.call(y);
    if (this.aux2 && trace.wants(this.aux2)) this.aux2.call(y);
    const last = [this.inception4e, this.maxpool4, this.inception5a, this.inception5b, this.avgpool];
    for (const module of last) y = module.call(y);
    return this.fc.call(this.dropout.call(flatten(y, 1)));
  }
}

/** GoogLeNet (Szegedy et al. 2014, arXiv 1409.4842) with batch normalization, as torchvision has it. Pictures of at least 15x15. */
export function googlenet(options: GoogLeNetOptions = {}): GoogLeNet {
  return new GoogLeNet(options);
}

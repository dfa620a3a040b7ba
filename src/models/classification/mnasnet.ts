/** MnasNet-B1 at four widths. */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { add, mean } from '../../nn/functional.ts';
import { kaimingNormal, kaimingUniform } from '../../nn/init.ts';
import { setInitializers } from '../../nn/initialize-layers.ts';
import { BatchNorm2d, type NormOptions } from '../../nn/layers/batch-norm.ts';
import { Conv2d } from '../../nn/layers/conv.ts';
import { Dropout } from '../../nn/layers/dropout.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { ReLU } from '../../nn/layers/relu.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { Module } from '../../nn/module.ts';
import { makeDivisible } from '../compound-scaling.ts';

/** One stack of equal blocks, of which the first strides and changes the channels. */
export interface MnasNetStage {
  readonly kernel: number;
  readonly stride: number;
  readonly expand: number;
  readonly outChannels: number;
  readonly layers: number;
}

/** The stacks of MnasNet-B1 after the separable convolution (Tan et al. 2019, arXiv 1807.11626, and its official code). */
export const mnasNetB1Stages: readonly MnasNetStage[] = [
  { kernel: 3, stride: 2, expand: 3, outChannels: 24, layers: 3 },
  { kernel: 5, stride: 2, expand: 3, outChannels: 40, layers: 3 },
  { kernel: 5, stride: 2, expand: 6, outChannels: 80, layers: 3 },
  { kernel: 3, stride: 1, expand: 6, outChannels: 96, layers: 2 },
  { kernel: 5, stride: 2, expand: 6, outChannels: 192, layers: 4 },
  { kernel: 3, stride: 1, expand: 6, outChannels: 320, layers: 1 },
];

export interface MnasNetOptions {
  /** Outputs of the classifier; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Dropout before the classifier; default 0.2. */
  readonly dropout?: number;
  /** Settings of every batch normalization; default { eps: 1e-5, momentum: 3e-4 }, the paper's 0.9997 in TensorFlow's terms. */
  readonly norm?: NormOptions;
  /**
   * 'scaled' (default): the first three convolutions widen with the network. 'fixed': they have 32, 32 and 16 channels at
   * every width, as in checkpoints of torchvision's first version; such a checkpoint turns a model to it by itself.
   */
  readonly stem?: 'scaled' | 'fixed';
}

const optionKeys: readonly string[] = ['numClasses', 'inChannels', 'dropout', 'norm', 'stem'];

/** Channels of the first convolution and of the separable one. */
const stemChannels: readonly [number, number] = [32, 16];
const headChannels = 1280;

/** Expansion, depthwise convolution and linear projection, beside a shortcut where shapes allow. */
export class MnasNetBlock extends Module {
  readonly layers: Sequential;
  readonly residual: boolean;

  constructor(inChannels: number, outChannels: number, kernel: number, stride: number, expand: number, norm: NormOptions = {}) {
    super();
    const hidden = inChannels * expand;
    this.layers = new Sequential(
      new Conv2d(inChannels, hidden, 1, { bias: false }),
      new BatchNorm2d(hidden, norm),
      new ReLU(),
      new Conv2d(hidden, hidden, kernel, { padding: Math.floor(kernel / 2), stride, groups: hidden, bias: false }),
      new BatchNorm2d(hidden, norm),
      new ReLU(),
      new Conv2d(hidden, outChannels, 1, { bias: false }),
      new BatchNorm2d(outChannels, norm),
    );
    this.residual = stride === 1 && inChannels === outChannels;
  }

  protected override forward(x: Value): Value {
    const branch = this.layers.call(x);
    return this.residual ? add(branch, x) : branch;
  }
}

function stack(inChannels: number, outChannels: number, stage: MnasNetStage, norm: NormOptions): Sequential {
  const { kernel, stride, expand, layers } = stage;
  const blocks = Array.from({ length: layers }, (_, i) =>
    i === 0
      ? new MnasNetBlock(inChannels, outChannels, kernel, stride, expand, norm)
      : new MnasNetBlock(outChannels, outChannels, kernel, 1, expand, norm),
  );
  return new Sequential(...blocks);
}

/** MnasNet-B1 with all channels multiplied by `alpha`: [N, inChannels, H, W] to logits [N, numClasses]. */
export class MnasNet extends Module {
  layers: Sequential;
  readonly classifier: Sequential;
  readonly #alpha: number;
  readonly #inChannels: number;
  readonly #norm: NormOptions;
  #stem: 'scaled' | 'fixed';

  constructor(alpha: number, options: MnasNetOptions = {}) {
    super();
    checkKeys('mnasnet', options, optionKeys);
    if (!(alpha > 0)) throw new OcelliError('usage', `mnasnet: alpha must be above 0, ${alpha} came`);
    const { numClasses = 1000, inChannels = 3, dropout = 0.2 } = options;
    this.#alpha = alpha;
    this.#inChannels = inChannels;
    this.#norm = { momentum: 1 - 0.9997, ...options.norm };
    this.#stem = options.stem ?? 'scaled';
    this.layers = this.#makeLayers(this.#stem);
    this.classifier = new Sequential(new Dropout({ p: dropout }), new Linear(headChannels, numClasses));
    setInitializers(this, { conv: kaimingNormal('fanOut'), linear: kaimingUniform('fanOut', 1) });
  }

  #makeLayers(stem: 'scaled' | 'fixed'): Sequential {
    const norm = this.#norm;
    const stemWidth = stem === 'fixed' ? 1 : this.#alpha;
    const [first, second] = stemChannels.map((width) => makeDivisible(width * stemWidth)) as [number, number];
    let channels = second;
    const stacks = mnasNetB1Stages.map((stage) => {
      const before = channels;
      channels = makeDivisible(stage.outChannels * this.#alpha);
      return stack(before, channels, stage, norm);
    });
    return new Sequential(
      new Conv2d(this.#inChannels, first, 3, { padding: 1, stride: 2, bias: false }),
      new BatchNorm2d(first, norm),
      new ReLU(),
      new Conv2d(first, first, 3, { padding: 1, groups: first, bias: false }),
      new BatchNorm2d(first, norm),
      new ReLU(),
      new Conv2d(first, second, 1, { bias: false }),
      new BatchNorm2d(second, norm),
      ...stacks,
      new Conv2d(channels, headChannels, 1, { bias: false }),
      new BatchNorm2d(headChannels, norm),
      new ReLU(),
    );
  }

  /** The version that torchvision writes beside this module's state: 1 has the fixed stem, 2 the one that scales. */
  get stateVersion(): number {
    return this.#stem === 'fixed' ? 1 : 2;
  }

  /**
   * Checkpoints of torchvision's first version have a stem that does not scale. Their first convolution tells: it has 32
   * output channels at a width whose own stem has others. Such a checkpoint gives the model the fixed stem.
   */
  override adaptTo(shapes: ReadonlyMap<string, readonly number[]>): void {
    const theirs = shapes.get('layers.0.weight')?.[0];
    const [, own] = [...this.layers.children()][0] ?? [];
    if (theirs !== stemChannels[0] || !(own instanceof Conv2d) || own.outChannels === theirs) return;
    this.#stem = 'fixed';
    this.layers = this.#makeLayers('fixed');
    setInitializers(this.layers, { conv: kaimingNormal('fanOut') });
  }

  protected override forward(x: Value): Value {
    const features = this.layers.call(x);
    return this.classifier.call(mean(features, [2, 3]));
  }
}

/** MnasNet-B1 at width 0.5 (Tan et al. 2019, arXiv 1807.11626). */
export function mnasnet0_5(options: MnasNetOptions = {}): MnasNet {
  return new MnasNet(0.5, options);
}

/** MnasNet-B1 at width 0.75. */
export function mnasnet0_75(options: MnasNetOptions = {}): MnasNet {
  return new MnasNet(0.75, options);
}

/** MnasNet-B1 as searched. */
export function mnasnet1_0(options: MnasNetOptions = {}): MnasNet {
  return new MnasNet(1, options);
}

/** MnasNet-B1 at width 1.3. */
export function mnasnet1_3(options: MnasNetOptions = {}): MnasNet {
  return new MnasNet(1.3, options);
}

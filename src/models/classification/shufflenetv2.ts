/** ShuffleNetV2 at four widths. */
import { checkKeys } from '../../base/errors.ts';
import type { Dim, Value } from '../../compiler/ir/graph.ts';
import { concat, mean, reshape, slice, transpose } from '../../nn/functional.ts';
import { BatchNorm2d, type NormOptions } from '../../nn/layers/batch-norm.ts';
import { Conv2d } from '../../nn/layers/conv.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { MaxPool2d } from '../../nn/layers/max-pool.ts';
import { ReLU } from '../../nn/layers/relu.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { Module } from '../../nn/module.ts';

export interface ShuffleNetV2Options {
  /** Outputs of the classifier; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Settings of every batch normalization; default { eps: 1e-5, momentum: 0.1 }. */
  readonly norm?: NormOptions;
}

/** Channels of the first convolution, at every width. */
const stemChannels = 24;
/** Blocks in stage2, stage3 and stage4, of which each stage's first strides. */
const blocksPerStage: readonly [number, number, number] = [4, 8, 4];

/** What tells one width from another. */
export interface ShuffleNetV2Config {
  /** Channels of stage2, stage3 and stage4. */
  readonly stages: readonly [number, number, number];
  /** Channels of the last convolution. */
  readonly head: number;
}

/** A reading of [a·b] channels as [a, b] and back as [b, a]: channel i·b + j becomes channel j·a + i, with a = `groups`. */
function shuffleChannels(x: Value, groups: number): Value {
  const [batch, channels, height, width] = x.type.shape as readonly [Dim, number, Dim, Dim];
  const apart = reshape(x, [batch, groups, channels / groups, height, width]);
  return reshape(transpose(apart, [0, 2, 1, 3, 4]), [batch, channels, height, width]);
}

/** 1x1 convolution, norm and ReLU. */
function pointwise(inChannels: number, outChannels: number, norm: NormOptions): readonly Module[] {
  return [new Conv2d(inChannels, outChannels, 1, { bias: false }), new BatchNorm2d(outChannels, norm), new ReLU()];
}

/** 3x3 depthwise convolution and norm. */
function depthwise(channels: number, stride: number, norm: NormOptions): readonly Module[] {
  const conv = new Conv2d(channels, channels, 3, { stride, padding: 1, groups: channels, bias: false });
  return [conv, new BatchNorm2d(channels, norm)];
}

/**
 * Half of the channels pass by, the other half is convolved, and a shuffle mixes the halves; where it strides, both halves see all
 * channels and are convolved (figure 3 (c) and (d) of the paper).
 */
export class ShuffleUnit extends Module {
  /** Only where the unit strides. */
  readonly branch1: Sequential | undefined;
  readonly branch2: Sequential;
  readonly #half: number;

  constructor(inChannels: number, outChannels: number, stride: number, norm: NormOptions = {}) {
    super();
    this.#half = outChannels / 2;
    const strides = stride > 1;
    this.branch1 = strides
      ? new Sequential(...depthwise(inChannels, stride, norm), ...pointwise(inChannels, this.#half, norm))
      : undefined;
    this.branch2 = new Sequential(
      ...pointwise(strides ? inChannels : this.#half, this.#half, norm),
      ...depthwise(this.#half, stride, norm),
      ...pointwise(this.#half, this.#half, norm),
    );
  }

  protected override forward(x: Value): Value {
    const left = this.branch1 ? this.branch1.call(x) : slice(x, 1, 0, this.#half);
    const right = this.branch2.call(this.branch1 ? x : slice(x, 1, this.#half));
    return shuffleChannels(concat([left, right], 1), 2);
  }
}

function stage(inChannels: number, outChannels: number, blocks: number, norm: NormOptions): Sequential {
  const units = Array.from({ length: blocks }, (_, i) =>
    i === 0 ? new ShuffleUnit(inChannels, outChannels, 2, norm) : new ShuffleUnit(outChannels, outChannels, 1, norm),
  );
  return new Sequential(...units);
}

/** Units of split, convolved and shuffled channels: [N, inChannels, H, W] to logits [N, numClasses]. */
export class ShuffleNetV2 extends Module {
  readonly conv1: Sequential;
  readonly maxpool: MaxPool2d;
  readonly stage2: Sequential;
  readonly stage3: Sequential;
  readonly stage4: Sequential;
  readonly conv5: Sequential;
  readonly fc: Linear;

  constructor(config: ShuffleNetV2Config, options: ShuffleNetV2Options = {}) {
    super();
    checkKeys('shufflenet_v2', options, ['numClasses', 'inChannels', 'norm']);
    const { numClasses = 1000, inChannels = 3, norm = {} } = options;
    const [first, second, third] = config.stages;
    this.conv1 = new Sequential(
      new Conv2d(inChannels, stemChannels, 3, { stride: 2, padding: 1, bias: false }),
      new BatchNorm2d(stemChannels, norm),
      new ReLU(),
    );
    this.maxpool = new MaxPool2d(3, { stride: 2, padding: 1 });
    this.stage2 = stage(stemChannels, first, blocksPerStage[0], norm);
    this.stage3 = stage(first, second, blocksPerStage[1], norm);
    this.stage4 = stage(second, third, blocksPerStage[2], norm);
    this.conv5 = new Sequential(...pointwise(third, config.head, norm));
    this.fc = new Linear(config.head, numClasses);
  }

  protected override forward(x: Value): Value {
    const low = this.stage2.call(this.maxpool.call(this.conv1.call(x)));
    const high = this.conv5.call(this.stage4.call(this.stage3.call(low)));
    return this.fc.call(mean(high, [2, 3]));
  }
}

/** ShuffleNetV2 at width 0.5 (Ma et al. 2018, arXiv 1807.11164, table 5). */
export function shufflenet_v2_x0_5(options: ShuffleNetV2Options = {}): ShuffleNetV2 {
  return new ShuffleNetV2({ stages: [48, 96, 192], head: 1024 }, options);
}

/** ShuffleNetV2 at width 1. */
export function shufflenet_v2_x1_0(options: ShuffleNetV2Options = {}): ShuffleNetV2 {
  return new ShuffleNetV2({ stages: [116, 232, 464], head: 1024 }, options);
}

/** ShuffleNetV2 at width 1.5. */
export function shufflenet_v2_x1_5(options: ShuffleNetV2Options = {}): ShuffleNetV2 {
  return new ShuffleNetV2({ stages: [176, 352, 704], head: 1024 }, options);
}

/** ShuffleNetV2 at width 2, with a wider head. */
export function shufflenet_v2_x2_0(options: ShuffleNetV2Options = {}): ShuffleNetV2 {
  return new ShuffleNetV2({ stages: [244, 488, 976], head: 2048 }, options);
}

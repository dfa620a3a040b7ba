/** Convolutions over two and three spatial axes. */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { conv } from '../functional.ts';
import { defaultBias, defaultWeight } from '../init.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { traceOf } from '../trace-context.ts';
import { liveTaps } from './live-taps.ts';
import { checkCount, type SizePerAxis, sizesPerAxis } from './sizes.ts';

export interface ConvOptions {
  /** Default 1. */
  readonly stride?: SizePerAxis;
  /** Zeros added on both sides of every axis; default 0. */
  readonly padding?: SizePerAxis;
  /** Spacing of the kernel's elements; default 1. */
  readonly dilation?: SizePerAxis;
  /** Groups of channels that do not see each other; default 1. */
  readonly groups?: number;
  /** Whether a bias is added to every output channel; default true. */
  readonly bias?: boolean;
}

const optionKeys: readonly string[] = ['stride', 'padding', 'dilation', 'groups', 'bias'];

/**
 * Cross-correlation over `rank` spatial axes, as torch's ConvNd: [N, inChannels, ...size] to [N, outChannels, ...size'] with
 * size' = ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1.
 */
export abstract class ConvNd extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  /** [outChannels, inChannels / groups, ...kernelSize]. */
  readonly weight: Parameter;
  /** [outChannels], or undefined without bias. */
  readonly bias: Parameter | undefined;

  constructor(rank: number, inChannels: number, outChannels: number, kernelSize: SizePerAxis, options: ConvOptions = {}) {
    super();
    const what = `conv${rank}d`;
    checkKeys(what, options, optionKeys);
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true } = options;
    checkCount(`${what}: input channels`, inChannels);
    checkCount(`${what}: output channels`, outChannels);
    checkCount(`${what}: groups`, groups);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new OcelliError(
        'usage',
        `${what}: ${groups} groups do not divide ${inChannels} input and ${outChannels} output channels`,
      );
    }
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = sizesPerAxis(`${what}: kernel size`, kernelSize, rank, 1);
    this.stride = sizesPerAxis(`${what}: stride`, stride, rank, 1);
    this.padding = sizesPerAxis(`${what}: padding`, padding, rank, 0);
    this.dilation = sizesPerAxis(`${what}: dilation`, dilation, rank, 1);
    this.groups = groups;
    const shape = [outChannels, inChannels / groups, ...this.kernelSize];
    this.weight = new Parameter(shape, { init: defaultWeight });
    this.bias = bias ? new Parameter([outChannels], { init: defaultBias(shape) }) : undefined;
  }

  /** The same convolution, untrained, with another number of output channels. */
  abstract withOutputs(outChannels: number): ConvNd;

  /** The options it was made with, all of them. */
  protected get options(): Required<ConvOptions> {
    const { stride, padding, dilation, groups } = this;
    return { stride, padding, dilation, groups, bias: this.bias !== undefined };
  }

  protected override forward(x: Value): Value {
    const trace = traceOf(x);
    const { stride, padding, dilation, groups } = this;
    const [weight, bias] = [trace.of(this.weight), this.bias && trace.of(this.bias)];
    const live = trace.mode === 'training' ? liveTaps(x, weight, { stride, padding, dilation }) : undefined;
    return conv(x, live?.weight ?? weight, bias, { ...(live?.windows ?? { stride, padding, dilation }), groups });
  }
}

/** Convolution of pictures, [N, C, H, W]. */
export class Conv2d extends ConvNd {
  constructor(inChannels: number, outChannels: number, kernelSize: SizePerAxis, options: ConvOptions = {}) {
    super(2, inChannels, outChannels, kernelSize, options);
  }

  override withOutputs(outChannels: number): Conv2d {
    return new Conv2d(this.inChannels, outChannels, this.kernelSize, this.options);
  }
}

/** Convolution of clips, [N, C, T, H, W]. */
export class Conv3d extends ConvNd {
  constructor(inChannels: number, outChannels: number, kernelSize: SizePerAxis, options: ConvOptions = {}) {
    super(3, inChannels, outChannels, kernelSize, options);
  }

  override withOutputs(outChannels: number): Conv3d {
    return new Conv3d(this.inChannels, outChannels, this.kernelSize, this.options);
  }
}

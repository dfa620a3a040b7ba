/** The stages and blocks of EfficientNet: tables as data, and the two kinds of inverted residual. */
import type { Value } from '../../../compiler/ir/graph.ts';
import { add } from '../../../nn/functional.ts';
import type { NormOptions } from '../../../nn/layers/batch-norm.ts';
import { Conv2dNormActivation } from '../../../nn/layers/conv-norm-activation.ts';
import { Sequential } from '../../../nn/layers/sequential.ts';
import { SiLU } from '../../../nn/layers/silu.ts';
import { SqueezeExcitation } from '../../../nn/layers/squeeze-excitation.ts';
import { StochasticDepth } from '../../../nn/layers/stochastic-depth.ts';
import { Module } from '../../../nn/module.ts';
import { makeDivisible } from '../../compound-scaling.ts';

/** One row of an architecture table: `layers` equal blocks, of which the first strides and changes the channels. */
export interface Stage {
  /** `mbconv`: 1x1 expansion, depthwise, squeeze-and-excitation, 1x1 projection; `fused`: one dense convolution expands. */
  readonly block: 'mbconv' | 'fused';
  /** Expanded channels per input channel. */
  readonly expand: number;
  readonly kernel: number;
  readonly stride: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly layers: number;
}

/** One block of a stage, and the probability of dropping its residual branch. */
export type BlockOptions = Omit<Stage, 'layers' | 'block'> & { readonly dropProb: number; readonly norm: NormOptions };

const activation = (): SiLU => new SiLU();

/** x + branch where shapes allow, with stochastic depth on the branch. */
abstract class InvertedResidual extends Module {
  readonly block: Sequential;
  readonly stochastic_depth: StochasticDepth;
  readonly residual: boolean;

  constructor(options: BlockOptions, layers: readonly Module[]) {
    super();
    this.block = new Sequential(...layers);
    this.stochastic_depth = new StochasticDepth({ p: options.dropProb, mode: 'row' });
    this.residual = options.stride === 1 && options.inChannels === options.outChannels;
  }

  protected override forward(x: Value): Value {
    const branch = this.block.call(x);
    return this.residual ? add(this.stochastic_depth.call(branch), x) : branch;
  }
}

/** Mobile inverted bottleneck with squeeze-and-excitation to a quarter of the block's input channels (arXiv 1905.11946, table 1). */
export class MBConv extends InvertedResidual {
  constructor(options: BlockOptions) {
    const { inChannels, outChannels, kernel, stride, norm } = options;
    const expanded = makeDivisible(inChannels * options.expand);
    const layers: Module[] = [];
    if (expanded !== inChannels) layers.push(new Conv2dNormActivation(inChannels, expanded, { kernelSize: 1, norm, activation }));
    layers.push(
      new Conv2dNormActivation(expanded, expanded, { kernelSize: kernel, stride, groups: expanded, norm, activation }),
      new SqueezeExcitation(expanded, Math.max(1, Math.floor(inChannels / 4)), { activation }),
      new Conv2dNormActivation(expanded, outChannels, { kernelSize: 1, norm, activation: false }),
    );
    super(options, layers);
  }
}

/** Inverted bottleneck whose expansion and depthwise convolutions are one dense convolution (arXiv 2104.00298, figure 2). */
export class FusedMBConv extends InvertedResidual {
  constructor(options: BlockOptions) {
    const { inChannels, outChannels, kernel, stride, norm } = options;
    const expanded = makeDivisible(inChannels * options.expand);
    const layers =
      expanded === inChannels
        ? [new Conv2dNormActivation(inChannels, outChannels, { kernelSize: kernel, stride, norm, activation })]
        : [
            new Conv2dNormActivation(inChannels, expanded, { kernelSize: kernel, stride, norm, activation }),
            new Conv2dNormActivation(expanded, outChannels, { kernelSize: 1, norm, activation: false }),
          ];
    super(options, layers);
  }
}

const blocks = { mbconv: MBConv, fused: FusedMBConv } as const;

/** The blocks of a stage one after another; `dropProb` gives each its probability by its place in the stage. */
export function makeStage(stage: Stage, norm: NormOptions, dropProb: (layer: number) => number): Sequential {
  const Block = blocks[stage.block];
  const layers = Array.from({ length: stage.layers }, (_, i) => {
    const again = i === 0 ? {} : { inChannels: stage.outChannels, stride: 1 };
    return new Block({ ...stage, ...again, dropProb: dropProb(i), norm });
  });
  return new Sequential(...layers);
}

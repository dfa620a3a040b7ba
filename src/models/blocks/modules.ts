/** Blocks as modules, with the state-dict keys of torchvision's EfficientNet and MobileNetV3: `block.0.0.weight` and on. */
import type { Value } from '../../compiler/ir/graph.ts';
import { add } from '../../nn/functional.ts';
import type { NormOptions } from '../../nn/layers/batch-norm.ts';
import { Conv2dNormActivation } from '../../nn/layers/conv-norm-activation.ts';
import { Hardsigmoid } from '../../nn/layers/hardsigmoid.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { Sigmoid } from '../../nn/layers/sigmoid.ts';
import { SqueezeExcitation } from '../../nn/layers/squeeze-excitation.ts';
import { StochasticDepth } from '../../nn/layers/stochastic-depth.ts';
import { Module } from '../../nn/module.ts';
import { activationLayer } from './activations.ts';
import type { Block } from './network.ts';

export interface BlockModuleOptions {
  /** Settings of every batch normalization; default { eps: 1e-5, momentum: 0.1 }. */
  readonly norm?: NormOptions;
  /** Probability of dropping the residual branch; without it there is no stochastic depth. */
  readonly dropProb?: number;
}

/** A branch, and x + branch where the block has a residual connection, with stochastic depth on the branch. */
abstract class ResidualBlock extends Module {
  readonly block: Sequential;
  readonly stochastic_depth: StochasticDepth | undefined;
  readonly residual: boolean;

  constructor(block: Block, layers: readonly Module[], dropProb: number | undefined) {
    super();
    this.block = new Sequential(...layers);
    this.stochastic_depth = dropProb === undefined ? undefined : new StochasticDepth({ p: dropProb, mode: 'row' });
    this.residual = block.residual;
  }

  protected override forward(x: Value): Value {
    const branch = this.block.call(x);
    if (!this.residual) return branch;
    return add(this.stochastic_depth ? this.stochastic_depth.call(branch) : branch, x);
  }
}

/** `ir` and `ds`: 1x1 expansion (not in `ds`), depthwise convolution, perhaps squeeze-and-excitation, linear 1x1 projection. */
export class MBConv extends ResidualBlock {
  constructor(block: Block, { norm = {}, dropProb }: BlockModuleOptions = {}) {
    const { kernel: kernelSize, stride, dilation, inChannels, hiddenChannels, outChannels } = block;
    const activation = activationLayer(block.activation);
    const layers: Module[] = [];
    if (block.type === 'ir')
      layers.push(new Conv2dNormActivation(inChannels, hiddenChannels, { kernelSize: 1, norm, activation }));
    const depthwise = { kernelSize, stride, dilation, groups: hiddenChannels, norm, activation };
    layers.push(new Conv2dNormActivation(hiddenChannels, hiddenChannels, depthwise));
    if (block.squeezeChannels > 0) layers.push(squeezeExcitation(block));
    layers.push(new Conv2dNormActivation(hiddenChannels, outChannels, { kernelSize: 1, norm, activation: false }));
    super(block, layers, dropProb);
  }
}

/** `er` and `cn`: a dense convolution to the hidden channels and a linear 1x1 projection, or the dense convolution alone. */
export class FusedMBConv extends ResidualBlock {
  constructor(block: Block, { norm = {}, dropProb }: BlockModuleOptions = {}) {
    const { kernel: kernelSize, stride, dilation, inChannels, hiddenChannels, outChannels } = block;
    const activation = activationLayer(block.activation);
    const inner = block.type === 'er' ? hiddenChannels : outChannels;
    const layers: Module[] = [new Conv2dNormActivation(inChannels, inner, { kernelSize, stride, dilation, norm, activation })];
    if (block.type === 'er')
      layers.push(new Conv2dNormActivation(inner, outChannels, { kernelSize: 1, norm, activation: false }));
    super(block, layers, dropProb);
  }
}

/** The module of any block. */
export function makeBlock(block: Block, options: BlockModuleOptions = {}): MBConv | FusedMBConv {
  return block.type === 'ir' || block.type === 'ds' ? new MBConv(block, options) : new FusedMBConv(block, options);
}

const gates = { sigmoid: () => new Sigmoid(), hardsigmoid: () => new Hardsigmoid() } as const;

/** The squeeze-and-excitation of a block that has one. */
export function squeezeExcitation({ hiddenChannels, squeezeChannels, squeeze, activation }: Block): SqueezeExcitation {
  return new SqueezeExcitation(hiddenChannels, squeezeChannels, {
    activation: activationLayer(squeeze.activation ?? activation),
    scaleActivation: gates[squeeze.gate],
  });
}

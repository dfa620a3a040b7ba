/** Squeeze-and-excitation (Hu et al. 2018, arXiv 1709.01507, figure 1 and equation 3): channels weighted by what the picture holds. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { mul } from '../functional.ts';
import { Module } from '../module.ts';
import { AdaptiveAvgPool2d } from './adaptive-avg-pool.ts';
import { Conv2d } from './conv.ts';
import { ReLU } from './relu.ts';
import { Sigmoid } from './sigmoid.ts';

export interface SqueezeExcitationOptions {
  /** δ of the paper: makes the activation after the squeezing layer; default ReLU. */
  readonly activation?: () => Module;
  /** σ of the paper: makes what turns the excitation into weights; default Sigmoid. */
  readonly scaleActivation?: () => Module;
}

/** x · σ(fc2(δ(fc1(mean of x over H and W)))), [N, channels, H, W] to the same. */
export class SqueezeExcitation extends Module {
  readonly avgpool: AdaptiveAvgPool2d;
  readonly fc1: Conv2d;
  readonly fc2: Conv2d;
  readonly activation: Module;
  readonly scale_activation: Module;

  constructor(channels: number, squeezeChannels: number, options: SqueezeExcitationOptions = {}) {
    super();
    checkKeys('squeezeExcitation', options, ['activation', 'scaleActivation']);
    const { activation = () => new ReLU(), scaleActivation = () => new Sigmoid() } = options;
    this.avgpool = new AdaptiveAvgPool2d(1);
    this.fc1 = new Conv2d(channels, squeezeChannels, 1);
    this.fc2 = new Conv2d(squeezeChannels, channels, 1);
    this.activation = activation();
    this.scale_activation = scaleActivation();
  }

  protected override forward(x: Value): Value {
    const squeezed = this.activation.call(this.fc1.call(this.avgpool.call(x)));
    return mul(x, this.scale_activation.call(this.fc2.call(squeezed)));
  }
}

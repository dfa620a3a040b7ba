/** The usual block of convolution, normalization and activation. */
import { checkKeys } from '../../base/errors.ts';
import type { Module } from '../module.ts';
import { BatchNorm2d, type NormOptions } from './batch-norm.ts';
import { Conv2d } from './conv.ts';
import { ReLU } from './relu.ts';
import { Sequential } from './sequential.ts';

export interface Conv2dNormActivationOptions {
  /** Default 3. */
  readonly kernelSize?: number;
  /** Default 1. */
  readonly stride?: number;
  /** Default ⌊(kernelSize − 1) / 2⌋·dilation, which keeps the size at stride 1. */
  readonly padding?: number;
  /** Default 1. */
  readonly dilation?: number;
  /** Default 1. */
  readonly groups?: number;
  /** Settings of the batch normalization, or false for none; default {}. */
  readonly norm?: NormOptions | false;
  /** Makes the activation, or false for none; default ReLU. */
  readonly activation?: (() => Module) | false;
  /** Whether the convolution has a bias; default only without normalization. */
  readonly bias?: boolean;
}

const optionKeys: readonly string[] = ['kernelSize', 'stride', 'padding', 'dilation', 'groups', 'norm', 'activation', 'bias'];

/** Convolution under key '0', batch normalization under '1' and the activation after them; what is left out moves no key. */
export class Conv2dNormActivation extends Sequential {
  constructor(inChannels: number, outChannels: number, options: Conv2dNormActivationOptions = {}) {
    checkKeys('conv2dNormActivation', options, optionKeys);
    const { kernelSize = 3, stride = 1, dilation = 1, groups = 1, norm = {}, activation = () => new ReLU() } = options;
    const padding = options.padding ?? Math.floor((kernelSize - 1) / 2) * dilation;
    const bias = options.bias ?? norm === false;
    const layers: Module[] = [new Conv2d(inChannels, outChannels, kernelSize, { stride, padding, dilation, groups, bias })];
    if (norm !== false) layers.push(new BatchNorm2d(outChannels, norm));
    if (activation !== false) layers.push(activation());
    super(...layers);
  }
}

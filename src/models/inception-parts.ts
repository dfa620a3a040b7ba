/** What GoogLeNet and Inception v3 share: their convolution block, their initial weights and torchvision's `transform_input`. */
import { OcelliError } from '../base/errors.ts';
import { float32 } from '../base/tensor.ts';
import type { Value } from '../compiler/ir/graph.ts';
import { add, constant, mul, relu } from '../nn/functional.ts';
import { truncatedNormal } from '../nn/init.ts';
import { BatchNorm2d, type NormOptions } from '../nn/layers/batch-norm.ts';
import { Conv2d, ConvNd, type ConvOptions } from '../nn/layers/conv.ts';
import { Linear } from '../nn/layers/linear.ts';
import type { SizePerAxis } from '../nn/layers/sizes.ts';
import { type AnyModule, Module, namedModules } from '../nn/module.ts';

/** Every batch normalization's settings unless others are given. */
export const inceptionNorm: NormOptions = { eps: 0.001 };

/** Makes a block of convolution, batch normalization and ReLU. */
export type ConvBlock = (
  inChannels: number,
  outChannels: number,
  kernelSize: SizePerAxis,
  options?: Pick<ConvOptions, 'stride' | 'padding'>,
) => BasicConv2d;

/** Convolution without bias, batch normalization and ReLU: [N, inChannels, H, W] to [N, outChannels, H', W']. */
export class BasicConv2d extends Module {
  readonly conv: Conv2d;
  readonly bn: BatchNorm2d;

  constructor(inChannels: number, outChannels: number, kernelSize: SizePerAxis, options: ConvOptions, norm: NormOptions) {
    super();
    this.conv = new Conv2d(inChannels, outChannels, kernelSize, { ...options, bias: false });
    this.bn = new BatchNorm2d(outChannels, norm);
  }

  protected override forward(x: Value): Value {
    return relu(this.bn.call(this.conv.call(x)));
  }
}

/** Blocks whose batch normalizations have these settings. */
export function convBlocks(norm: NormOptions): ConvBlock {
  return (inChannels, outChannels, kernelSize, options = {}) =>
    new BasicConv2d(inChannels, outChannels, kernelSize, options, norm);
}

/**
 * Weights of convolutions and linear layers begin as a normal distribution cut off at ±2, as torch's trunc_normal_; biases as
 * torch's default.
 */
export function initializeTruncated(model: AnyModule, deviationOf: (path: string) => number): void {
  for (const [path, module] of namedModules(model)) {
    if (module instanceof ConvNd || module instanceof Linear) {
      module.weight.init = truncatedNormal(0, deviationOf(path), -2, 2);
    }
  }
}

const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/**
 * Pictures normalized by ImageNet's mean and deviation as the networks from TensorFlow take them, (x − 0.5) / 0.5 of a pixel from
 * 0 to 1: [N, 3, H, W] to the same.
 */
export function transformedInput(x: Value): Value {
  const along = (values: readonly number[]): Value => constant(x.builder, float32([1, 3, 1, 1], values));
  const scales = imagenet.std.map((std) => std / 0.5);
  const shifts = imagenet.mean.map((mean) => (mean - 0.5) / 0.5);
  return add(mul(x, along(scales)), along(shifts));
}

/** @throws usage for pictures that are not of three channels */
export function checkTransform(model: string, transformInput: boolean, inChannels: number): void {
  if (!transformInput || inChannels === 3) return;
  throw new OcelliError('usage', `${model}: transformInput is for pictures of 3 channels, inChannels is ${inChannels}`);
}

/** A checkpoint's key, or undefined where it is of one of these modules that the model was built without. */
export function keyWithout(key: string, left: readonly string[]): string | undefined {
  return left.some((path) => key.startsWith(`${path}.`)) ? undefined : key;
}

/** Whether a whole checkpoint, by its shapes, has no tensors of the auxiliary heads at these paths. */
export function lacksHeads(shapes: ReadonlyMap<string, unknown>, heads: readonly string[]): boolean {
  return shapes.has('fc.weight') && [...shapes.keys()].every((key) => keyWithout(key, heads) !== undefined);
}

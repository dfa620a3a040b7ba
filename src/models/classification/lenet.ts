/** LeNet-5 as it is usually built today, and as it was published in 1998. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { flatten, relu } from '../../nn/functional.ts';
import { Conv2d } from '../../nn/layers/conv.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { MaxPool2d } from '../../nn/layers/max-pool.ts';
import { Module } from '../../nn/module.ts';
import { LeNet1998, type LeNet1998Options } from './lenet/lenet1998.ts';

export interface LeNetOptions {
  /** Outputs of the classifier; default 10. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 1. */
  readonly inChannels?: number;
}

/** Two convolutions, each with a pool after it, and three linear layers: [N, inChannels, 28, 28] to logits [N, numClasses]. */
export class LeNet5 extends Module {
  readonly conv1: Conv2d;
  readonly pool: MaxPool2d;
  readonly conv2: Conv2d;
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly fc3: Linear;

  constructor(options: LeNetOptions = {}) {
    super();
    checkKeys('lenet5', options, ['numClasses', 'inChannels']);
    const { numClasses = 10, inChannels = 1 } = options;
    // The padding makes 28x28 what the paper's 32x32 is to unpadded convolutions; 5x5 positions are left before fc1.
    this.conv1 = new Conv2d(inChannels, 6, 5, { padding: 2 });
    this.pool = new MaxPool2d(2);
    this.conv2 = new Conv2d(6, 16, 5);
    this.fc1 = new Linear(16 * 5 * 5, 120);
    this.fc2 = new Linear(120, 84);
    this.fc3 = new Linear(84, numClasses);
  }

  protected override forward(x: Value): Value {
    const low = this.pool.call(relu(this.conv1.call(x)));
    const high = this.pool.call(relu(this.conv2.call(low)));
    return this.fc3.call(relu(this.fc2.call(relu(this.fc1.call(flatten(high, 1))))));
  }
}

/**
 * LeNet-5 (LeCun et al. 1998, "Gradient-based learning applied to document recognition", section II.B) in its usual modern
 * form, for pictures of 28x28: 61,706 parameters. Ocelli's own, not torchvision's: the smallest network to train and to test with.
 */
export function lenet5(options: LeNetOptions = {}): LeNet5 {
  return new LeNet5(options);
}

/**
 * LeNet-5 (LeCun et al. 1998, "Gradient-based learning applied to document recognition", section II.B) for pictures of 32x32, with
 * its 60,000 trained parameters. Two things are not the paper's: the rows of the output layer are ±1 at random, which the paper names
 * as a choice, instead of drawings of the characters; and the distances have a minus, so that they are logits: cross-entropy on them
 * is the paper's equation 9 without its term for rubbish. `lenet5` is the usual modern form. Ocelli's own, not torchvision's.
 */
export function lenet5_1998(options: LeNet1998Options = {}): LeNet1998 {
  return new LeNet1998(options);
}

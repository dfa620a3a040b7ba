/** The decoder that draws a picture from one class's capsule. */
import type { Dim, Value } from '../../../compiler/ir/graph.ts';
import { flatten, mul, relu, reshape, sigmoid, unsqueeze } from '../../../nn/functional.ts';
import { Linear } from '../../../nn/layers/linear.ts';
import { Module } from '../../../nn/module.ts';

/**
 * Three linear layers over all capsules, of which all but one class's are masked out (Sabour et al. 2017, figure 2): capsules
 * [N, classes, dim] and the mask [N, classes] to a picture [N, C, H, W] with numbers from 0 to 1.
 */
export class Decoder extends Module<readonly [Value, Value]> {
  /** [C, H, W]. */
  readonly picture: readonly [number, number, number];
  /** Length of a capsule. */
  readonly dim: number;
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly fc3: Linear;

  constructor(classes: number, dim: number, picture: readonly [number, number, number]) {
    super();
    this.picture = picture;
    this.dim = dim;
    this.fc1 = new Linear(classes * dim, 512);
    this.fc2 = new Linear(512, 1024);
    this.fc3 = new Linear(1024, picture[0] * picture[1] * picture[2]);
  }

  /** The same decoder, untrained, for another number of classes. */
  withOutputs(classes: number): Decoder {
    return new Decoder(classes, this.dim, this.picture);
  }

  protected override forward(capsules: Value, mask: Value): Value {
    const one = flatten(mul(capsules, unsqueeze(mask, 2)), 1);
    const hidden = relu(this.fc2.call(relu(this.fc1.call(one))));
    return reshape(sigmoid(this.fc3.call(hidden)), [capsules.type.shape[0] as Dim, ...this.picture]);
  }
}

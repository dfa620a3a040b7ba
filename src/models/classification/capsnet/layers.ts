/** The two layers of capsules. */
import type { Dim, Value } from '../../../compiler/ir/graph.ts';
import { reshape, transpose } from '../../../nn/functional.ts';
import { truncatedNormal } from '../../../nn/init.ts';
import { Conv2d } from '../../../nn/layers/conv.ts';
import { Module } from '../../../nn/module.ts';
import { Parameter } from '../../../nn/parameter.ts';
import { traceOf } from '../../../nn/trace-context.ts';
import { route } from './routing.ts';
import { squash } from './squash.ts';

/** A convolution whose channels are the elements of capsules: [N, C, H, W] to capsules [N, channels·H'·W', dim], by channel, then place. */
export class PrimaryCapsules extends Module {
  readonly conv: Conv2d;
  readonly channels: number;
  readonly dim: number;

  constructor(inChannels: number, channels: number, dim: number) {
    super();
    this.channels = channels;
    this.dim = dim;
    this.conv = new Conv2d(inChannels, channels * dim, 9, { stride: 2 });
  }

  protected override forward(x: Value): Value {
    const maps = this.conv.call(x);
    const [n] = maps.type.shape as readonly [Dim];
    const capsules = reshape(transpose(reshape(maps, [n, this.channels, this.dim, -1]), [0, 1, 3, 2]), [n, -1, this.dim]);
    return squash(capsules, 2);
  }
}

/** A capsule for each class, which those below are routed to: [N, inCapsules, inDim] to [N, classes, outDim]. */
export class ClassCapsules extends Module {
  readonly iterations: number;
  /** [inCapsules, inDim, classes, outDim]. */
  readonly weight: Parameter;
  readonly classAxis = 2;

  constructor(inCapsules: number, inDim: number, classes: number, outDim: number, iterations: number) {
    super();
    this.iterations = iterations;
    // As the authors' code draws them: TensorFlow's truncated normal numbers end at two deviations.
    this.weight = new Parameter([inCapsules, inDim, classes, outDim], { init: truncatedNormal(0, 0.1, -0.2, 0.2) });
  }

  /** The same layer, untrained, for another number of classes. */
  withOutputs(classes: number): ClassCapsules {
    const [inCapsules, inDim, , outDim] = this.weight.shape as readonly [number, number, number, number];
    return new ClassCapsules(inCapsules, inDim, classes, outDim, this.iterations);
  }

  protected override forward(u: Value): Value {
    return route(u, traceOf(u).of(this.weight), this.iterations);
  }
}

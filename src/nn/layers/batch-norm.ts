/**
 * Batch normalization (Ioffe & Szegedy 2015, arXiv 1502.03167, algorithms 1 and 2) with torch's running statistics.
 *
 *   y = (x − mean) / √(variance + eps) · weight + bias, per channel
 *
 * Inference takes the running statistics. Training takes the batch's own, with the biased variance (divided by n, the
 * elements per channel), and moves the running ones towards them, the variance by its unbiased form:
 *
 *   running_mean ← (1 − momentum)·running_mean + momentum·mean
 *   running_var  ← (1 − momentum)·running_var  + momentum·variance·n / (n − 1)
 *
 * A frozen one does in training what it does in inference, unlike torch's, whose statistics move on: a frozen part of a network
 * stays the network it was.
 */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import { productOfDims } from '../../compiler/ir/dim.ts';
import type { Dim, Value } from '../../compiler/ir/graph.ts';
import { add, batchNorm, batchNormTrain, cast, dimSize, div, mul, sub } from '../functional.ts';
import { constant } from '../init.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { type Trace, traceOf } from '../trace-context.ts';
import { checkCount } from './sizes.ts';

export interface NormOptions {
  /** Added to the variance; default 1e-5. */
  readonly eps?: number;
  /** Share of the batch's statistics in the new running ones; default 0.1. */
  readonly momentum?: number;
}

/** Batch normalization of [N, features, ...size] per channel, any number of spatial axes. */
export abstract class BatchNormNd extends Module {
  readonly features: number;
  readonly eps: number;
  readonly momentum: number;
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly running_mean: Parameter;
  readonly running_var: Parameter;
  /** int64 scalar: the training steps so far. */
  readonly num_batches_tracked: Parameter;
  readonly #rank: number;

  constructor(rank: number, features: number, options: NormOptions = {}) {
    super();
    checkKeys('batchNorm', options, ['eps', 'momentum']);
    checkCount('batchNorm: features', features);
    this.features = features;
    this.eps = options.eps ?? 1e-5;
    this.momentum = options.momentum ?? 0.1;
    this.weight = new Parameter([features], { init: constant(1) });
    this.bias = new Parameter([features], { init: constant(0) });
    this.running_mean = new Parameter([features], { kind: 'buffer', init: constant(0) });
    this.running_var = new Parameter([features], { kind: 'buffer', init: constant(1) });
    this.num_batches_tracked = new Parameter([], { kind: 'buffer', dtype: 'int64', init: constant(0) });
    this.#rank = rank;
  }

  /** Whether weight and bias are frozen. Then it does in training what it does in inference, and its statistics stay. */
  get frozen(): boolean {
    return !this.weight.trainable && !this.bias.trainable;
  }

  protected override forward(x: Value): Value {
    const trace = traceOf(x);
    const { shape } = x.type;
    if (shape.length !== this.#rank + 2 || shape[1] !== this.features) {
      throw new OcelliError(
        'shape',
        `batchNorm (${trace.scope}): takes ${this.#rank + 2} axes with ${this.features} channels, [${shape.join(', ')}] came`,
      );
    }
    const scale = trace.of(this.weight);
    const bias = trace.of(this.bias);
    if (trace.mode === 'inference' || this.frozen) {
      return batchNorm(x, scale, bias, trace.of(this.running_mean), trace.of(this.running_var), this.eps);
    }
    const { y, mean, variance } = batchNormTrain(x, scale, bias, this.eps);
    this.#track(trace, mean, variance, besselFactor(trace, productOfDims(shape.filter((_, axis) => axis !== 1))));
    return y;
  }

  #track(trace: Trace, mean: Value, variance: Value, bessel: Value | number): void {
    const moved = (parameter: Parameter, towards: Value, share: Value | number): Value =>
      add(mul(trace.latest(parameter), 1 - this.momentum), mul(towards, share));
    const share = typeof bessel === 'number' ? this.momentum * bessel : mul(bessel, this.momentum);
    trace.update(this.running_mean, moved(this.running_mean, mean, this.momentum));
    trace.update(this.running_var, moved(this.running_var, variance, share));
    trace.update(this.num_batches_tracked, add(trace.latest(this.num_batches_tracked), 1));
  }
}

/** n / (n − 1), computed at run time when n is named. */
function besselFactor(trace: Trace, n: Dim): Value | number {
  if (typeof n === 'number') return n / (n - 1);
  const count = cast(dimSize(trace, n), 'float32');
  return div(count, sub(count, 1));
}

/** Batch normalization of pictures, [N, C, H, W]. */
export class BatchNorm2d extends BatchNormNd {
  constructor(features: number, options: NormOptions = {}) {
    super(2, features, options);
  }
}

/** Batch normalization of clips, [N, C, T, H, W]. */
export class BatchNorm3d extends BatchNormNd {
  constructor(features: number, options: NormOptions = {}) {
    super(3, features, options);
  }
}

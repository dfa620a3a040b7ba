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
 */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import { float32, int64 } from '../../base/tensor.ts';
import { productOfDims } from '../../compiler/ir/dim.ts';
import type { Dim, Value } from '../../compiler/ir/graph.ts';
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
    if (trace.mode === 'inference') {
      const inputs = [x, scale, bias, trace.of(this.running_mean), trace.of(this.running_var)];
      return trace.apply('batchNorm', inputs, { epsilon: this.eps });
    }
    const [y, mean, variance] = trace.applyAll('batchNormTrain', [x, scale, bias], { epsilon: this.eps }) as [
      Value,
      Value,
      Value,
    ];
    this.#track(trace, mean, trace.apply('mul', [variance, besselFactor(trace, [shape[0] as Dim, ...shape.slice(2)])], {}));
    return y;
  }

  #track(trace: Trace, mean: Value, variance: Value): void {
    const scaled = (value: Value, factor: number): Value => trace.apply('mul', [value, scalar(trace, factor)], {});
    const moved = (parameter: Parameter, towards: Value): Value => {
      const kept = scaled(trace.of(parameter), 1 - this.momentum);
      return trace.apply('add', [kept, scaled(towards, this.momentum)], {});
    };
    trace.update(this.running_mean, moved(this.running_mean, mean));
    trace.update(this.running_var, moved(this.running_var, variance));
    const one = trace.apply('constant', [], { value: int64([], [1]) });
    trace.update(this.num_batches_tracked, trace.apply('add', [trace.of(this.num_batches_tracked), one], {}));
  }
}

function scalar(trace: Trace, value: number): Value {
  return trace.apply('constant', [], { value: float32([], [value]) });
}

/** n / (n − 1) as a float32 scalar, n being the product of the dims; computed at run time when one is named. */
function besselFactor(trace: Trace, dims: readonly Dim[]): Value {
  const count = productOfDims(dims);
  if (typeof count === 'number') return scalar(trace, count / (count - 1));
  const n = trace.apply('cast', [trace.apply('dimSize', [], { dim: count })], { to: 'float32' });
  return trace.apply('div', [n, trace.apply('add', [n, scalar(trace, -1)], {})], {});
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

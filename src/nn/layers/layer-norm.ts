/**
 * Layer normalization (Ba et al. 2016, arXiv 1607.06450, equation 4): statistics of each place over its features.
 *
 *   y = (x − mean) / √(variance + eps) · weight + bias
 *
 * with the biased variance, the same in training and inference.
 */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { add, div, mean, mul, reshape, sqrt, square, sub } from '../functional.ts';
import { constant } from '../init.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { traceOf } from '../trace-context.ts';
import { checkCount } from './sizes.ts';

export interface LayerNormOptions {
  /** Added to the variance; default 1e-5. */
  readonly eps?: number;
}

/** Layer normalization over the last axis: [..., features] to the same, as torch's LayerNorm of one axis. */
export class LayerNorm extends Module {
  readonly features: number;
  readonly eps: number;
  /** [features]. */
  readonly weight: Parameter;
  /** [features]. */
  readonly bias: Parameter;

  constructor(features: number, options: LayerNormOptions = {}) {
    super();
    checkKeys('layerNorm', options, ['eps']);
    checkCount('layerNorm: features', features);
    this.features = features;
    this.eps = options.eps ?? 1e-5;
    this.weight = new Parameter([features], { init: constant(1) });
    this.bias = new Parameter([features], { init: constant(0) });
  }

  /** The axis of the features in a value of this rank. */
  protected axisOf(rank: number): number {
    return rank - 1;
  }

  protected override forward(x: Value): Value {
    const trace = traceOf(x);
    const { shape } = x.type;
    const axis = this.axisOf(shape.length);
    if (shape[axis] !== this.features) {
      throw new OcelliError(
        'shape',
        `layerNorm (${trace.scope}): takes ${this.features} features in axis ${axis}, [${shape.join(', ')}] came`,
      );
    }
    const centered = sub(x, mean(x, [axis], true));
    const deviation = sqrt(add(mean(square(centered), [axis], true), this.eps));
    const beside = [this.features, ...shape.slice(axis + 1).map(() => 1)];
    const [weight, bias] = [this.weight, this.bias].map((parameter) => reshape(trace.of(parameter), beside)) as [Value, Value];
    return add(mul(div(centered, deviation), weight), bias);
  }
}

/** Layer normalization of pictures over their channels: [N, features, H, W] to the same. */
export class LayerNorm2d extends LayerNorm {
  protected override axisOf(): number {
    return 1;
  }
}

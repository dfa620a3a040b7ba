/** Layer normalization (Ba et al. 2016, arXiv 1607.06450, equation 4): statistics of each place over its features. */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { layerNorm, transpose } from '../functional.ts';
import { constant } from '../init.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { traceOf } from '../trace-context.ts';
import { checkCount } from './sizes.ts';

export interface LayerNormOptions {
  /** Added to the variance; default 1e-5. */
  readonly eps?: number;
}

/**
 * y = (x − mean) / √(variance + eps) · weight + bias over the last axis, [..., features] to the same, with the biased variance, in
 * training as in inference: torch's LayerNorm of one axis.
 */
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

  protected override forward(x: Value): Value {
    const trace = traceOf(x);
    const { shape } = x.type;
    if (shape.at(-1) !== this.features) {
      throw new OcelliError(
        'shape',
        `layerNorm (${trace.scope}): takes ${this.features} features in the last axis, [${shape.join(', ')}] came`,
      );
    }
    return layerNorm(x, trace.of(this.weight), trace.of(this.bias), this.eps);
  }
}

/** Layer normalization of pictures over their channels, [N, features, H, W] to the same: ConvNeXt's. */
export class LayerNorm2d extends LayerNorm {
  protected override forward(x: Value): Value {
    return transpose(super.forward(transpose(x, [0, 2, 3, 1])), [0, 3, 1, 2]);
  }
}

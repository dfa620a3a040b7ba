/** Stochastic depth (Huang et al. 2016, arXiv 1603.09382): drops whole residual branches. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { mul } from '../functional.ts';
import { Module } from '../module.ts';
import { traceOf } from '../trace-context.ts';
import { checkProbability } from './sizes.ts';

export interface StochasticDepthOptions {
  /** Probability of dropping a branch; default 0.2. */
  readonly p?: number;
  /** 'row' (default) drops per picture, 'batch' all pictures or none. */
  readonly mode?: 'row' | 'batch';
}

/** In training zeroes pictures [N, ...] with probability p and divides the others by 1 − p; else gives its input. */
export class StochasticDepth extends Module {
  readonly p: number;
  readonly mode: 'row' | 'batch';

  constructor(options: StochasticDepthOptions = {}) {
    super();
    checkKeys('stochasticDepth', options, ['p', 'mode']);
    this.p = options.p ?? 0.2;
    this.mode = options.mode ?? 'row';
    checkProbability('stochasticDepth: p', this.p);
  }

  protected override forward(x: Value): Value {
    const trace = traceOf(x);
    if (trace.mode === 'inference' || this.p === 0) return x;
    const shape = x.type.shape.map((dim, axis) => (axis === 0 && this.mode === 'row' ? dim : 1));
    return mul(x, trace.mask(shape, 1 - this.p));
  }
}

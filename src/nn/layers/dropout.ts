/** Dropout (Srivastava et al. 2014) of single elements. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { mul } from '../functional.ts';
import { Module } from '../module.ts';
import { traceOf } from '../trace-context.ts';
import { checkProbability } from './sizes.ts';

export interface DropoutOptions {
  /** Probability of zeroing an element; default 0.5. */
  readonly p?: number;
}

/** In training zeroes elements with probability p and divides the others by 1 − p; else gives its input. */
export class Dropout extends Module {
  readonly p: number;

  constructor(options: DropoutOptions = {}) {
    super();
    checkKeys('dropout', options, ['p']);
    this.p = options.p ?? 0.5;
    checkProbability('dropout: p', this.p);
  }

  protected override forward(x: Value): Value {
    const trace = traceOf(x);
    if (trace.mode === 'inference' || this.p === 0) return x;
    return mul(x, trace.mask(x.type.shape, 1 - this.p));
  }
}

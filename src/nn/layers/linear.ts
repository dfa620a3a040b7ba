/** The fully connected layer. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { linear } from '../functional.ts';
import { defaultBias, defaultWeight } from '../init.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { traceOf } from '../trace-context.ts';
import { checkCount } from './sizes.ts';

export interface LinearOptions {
  /** Default true. */
  readonly bias?: boolean;
}

/** y = x·weightᵀ + bias over the last axis: [..., inFeatures] to [..., outFeatures]. */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** [outFeatures, inFeatures]. */
  readonly weight: Parameter;
  /** [outFeatures], or undefined without bias. */
  readonly bias: Parameter | undefined;

  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    checkKeys('linear', options, ['bias']);
    checkCount('linear: input features', inFeatures);
    checkCount('linear: output features', outFeatures);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    const shape = [outFeatures, inFeatures];
    this.weight = new Parameter(shape, { init: defaultWeight });
    this.bias = (options.bias ?? true) ? new Parameter([outFeatures], { init: defaultBias(shape) }) : undefined;
  }

  /** The same layer, untrained, with another number of outputs. */
  withOutputs(outFeatures: number): Linear {
    return new Linear(this.inFeatures, outFeatures, { bias: this.bias !== undefined });
  }

  protected override forward(x: Value): Value {
    const trace = traceOf(x);
    return linear(x, trace.of(this.weight), this.bias && trace.of(this.bias));
  }
}

/** Pooling of the largest value. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { maxPool, relu } from '../functional.ts';
import { Module } from '../module.ts';
import { traceOf } from '../trace-context.ts';
import { type SizePerAxis, sizesPerAxis } from './sizes.ts';

export interface MaxPoolOptions {
  /** Default the kernel's size. */
  readonly stride?: SizePerAxis;
  /** Values below all others, added on both sides; default 0. */
  readonly padding?: SizePerAxis;
  /** Spacing of the kernel's elements; default 1. */
  readonly dilation?: SizePerAxis;
  /** Whether a last window that begins inside but ends outside counts; default false. */
  readonly ceilMode?: boolean;
}

/** The largest value of each window, [N, C, H, W] to [N, C, H', W'], as torch's MaxPool2d. */
export class MaxPool2d extends Module {
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly ceilMode: boolean;

  constructor(kernelSize: SizePerAxis, options: MaxPoolOptions = {}) {
    super();
    checkKeys('maxPool2d', options, ['stride', 'padding', 'dilation', 'ceilMode']);
    this.kernelSize = sizesPerAxis('maxPool2d: kernel size', kernelSize, 2, 1);
    this.stride = sizesPerAxis('maxPool2d: stride', options.stride ?? this.kernelSize, 2, 1);
    this.padding = sizesPerAxis('maxPool2d: padding', options.padding ?? 0, 2, 0);
    this.dilation = sizesPerAxis('maxPool2d: dilation', options.dilation ?? 1, 2, 1);
    this.ceilMode = options.ceilMode ?? false;
  }

  protected override forward(x: Value): Value {
    const { kernelSize: kernel, stride, padding, dilation, ceilMode } = this;
    const pool = (value: Value): Value => maxPool(value, { kernel, stride, padding, dilation, ceilMode });
    // The largest of what relu gives is what relu gives for the largest, and where that is 0 no gradient flows either way:
    // in training relu works on the smaller value. Whoever reads it before the pool has it made for that.
    const before = x.builder.nodes.at(-1);
    const relus = traceOf(x).mode === 'training' && before?.op === 'relu' && before.outputs[0] === x;
    return relus ? relu(pool(before.inputs[0] as Value)) : pool(x);
  }
}

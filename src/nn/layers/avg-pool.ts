/** Pooling of means. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { avgPool } from '../functional.ts';
import { Module } from '../module.ts';
import { type SizePerAxis, sizesPerAxis } from './sizes.ts';

export interface AvgPoolOptions {
  /** Default the kernel's size. */
  readonly stride?: SizePerAxis;
  /** Zeros added on both sides; default 0. */
  readonly padding?: SizePerAxis;
  /** Whether a last window that begins inside but ends outside counts; default false. */
  readonly ceilMode?: boolean;
  /** Whether padding counts in the divisor; default true. */
  readonly countIncludePad?: boolean;
}

/** The mean of each window, [N, C, H, W] to [N, C, H', W'], as torch's AvgPool2d. */
export class AvgPool2d extends Module {
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;

  constructor(kernelSize: SizePerAxis, options: AvgPoolOptions = {}) {
    super();
    checkKeys('avgPool2d', options, ['stride', 'padding', 'ceilMode', 'countIncludePad']);
    this.kernelSize = sizesPerAxis('avgPool2d: kernel size', kernelSize, 2, 1);
    this.stride = sizesPerAxis('avgPool2d: stride', options.stride ?? this.kernelSize, 2, 1);
    this.padding = sizesPerAxis('avgPool2d: padding', options.padding ?? 0, 2, 0);
    this.ceilMode = options.ceilMode ?? false;
    this.countIncludePad = options.countIncludePad ?? true;
  }

  protected override forward(x: Value): Value {
    const { kernelSize: kernel, stride, padding, ceilMode, countIncludePad } = this;
    return avgPool(x, { kernel, stride, padding, ceilMode, countIncludePad });
  }
}

/** Average pooling to a given size. */
import { OcelliError } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { Module } from '../module.ts';

/** The mean over height and width: [N, C, H, W] to [N, C, 1, 1]. Other output sizes are not supported. */
export class AdaptiveAvgPool2d extends Module {
  constructor(outputSize: 1) {
    super();
    if (outputSize !== 1) {
      throw new OcelliError('unsupported', `adaptiveAvgPool2d gives size 1 only, ${String(outputSize)} was asked for`);
    }
  }

  protected override forward(x: Value): Value {
    return x.builder.apply('mean', [x], { axes: [2, 3], keepDims: true });
  }
}

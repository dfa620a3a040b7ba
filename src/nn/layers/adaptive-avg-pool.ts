/** Average pooling to a given size. */
import type { Value } from '../../compiler/ir/graph.ts';
import { adaptiveAvgPool } from '../functional.ts';
import { Module } from '../module.ts';
import { type SizePerAxis, sizesPerAxis } from './sizes.ts';

/**
 * Means over windows that cover the picture, [N, C, H, W] to [N, C, ...outputSize]; size 1 is the mean of the whole picture.
 * As in torch, windows overlap where the size does not divide the picture's. A size above 1 needs pictures of a size known when the graph is made.
 */
export class AdaptiveAvgPool2d extends Module {
  readonly outputSize: readonly number[];

  constructor(outputSize: SizePerAxis) {
    super();
    this.outputSize = sizesPerAxis('adaptiveAvgPool2d: output size', outputSize, 2, 1);
  }

  protected override forward(x: Value): Value {
    return adaptiveAvgPool(x, this.outputSize);
  }
}

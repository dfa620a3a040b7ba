/** Another order of axes, as a layer. */
import type { Value } from '../../compiler/ir/graph.ts';
import { transpose } from '../functional.ts';
import { Module } from '../module.ts';

/** The value with axis `order[i]` as its axis i: [0, 2, 3, 1] makes [N, H, W, C] of [N, C, H, W]. */
export class Permute extends Module {
  readonly order: readonly number[];

  constructor(order: readonly number[]) {
    super();
    this.order = order;
  }

  protected override forward(x: Value): Value {
    return transpose(x, this.order);
  }
}

/** The layer that does nothing, to stand where another was taken out. */
import type { Value } from '../../compiler/ir/graph.ts';
import { Module } from '../module.ts';

export class Identity extends Module {
  protected override forward(x: Value): Value {
    return x;
  }
}

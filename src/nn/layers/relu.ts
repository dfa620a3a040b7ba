/** The rectified linear unit as a layer. */
import type { Value } from '../../compiler/ir/graph.ts';
import { relu } from '../functional.ts';
import { Module } from '../module.ts';

/** max(x, 0). */
export class ReLU extends Module {
  protected override forward(x: Value): Value {
    return relu(x);
  }
}

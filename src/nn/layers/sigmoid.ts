/** The logistic function as a layer. */
import type { Value } from '../../compiler/ir/graph.ts';
import { sigmoid } from '../functional.ts';
import { Module } from '../module.ts';

/** 1 / (1 + e⁻ˣ). */
export class Sigmoid extends Module {
  protected override forward(x: Value): Value {
    return sigmoid(x);
  }
}

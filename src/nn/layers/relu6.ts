/** The rectified linear unit capped at 6 (Howard et al. 2017, arXiv 1704.04861) as a layer. */
import type { Value } from '../../compiler/ir/graph.ts';
import { relu6 } from '../functional.ts';
import { Module } from '../module.ts';

/** min(max(x, 0), 6). */
export class ReLU6 extends Module {
  protected override forward(x: Value): Value {
    return relu6(x);
  }
}

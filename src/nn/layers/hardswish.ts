/** MobileNetV3's piecewise approximation of swish (Howard et al. 2019, arXiv 1905.02244, section 5.2) as a layer. */
import type { Value } from '../../compiler/ir/graph.ts';
import { hardSwish } from '../functional.ts';
import { Module } from '../module.ts';

/** x · min(max(x + 3, 0), 6) / 6. */
export class Hardswish extends Module {
  protected override forward(x: Value): Value {
    return hardSwish(x);
  }
}

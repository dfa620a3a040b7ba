/** MobileNetV3's piecewise approximation of the logistic function (Howard et al. 2019, arXiv 1905.02244, section 5.2) as a layer. */
import type { Value } from '../../compiler/ir/graph.ts';
import { hardSigmoid } from '../functional.ts';
import { Module } from '../module.ts';

/** min(max(x + 3, 0), 6) / 6. */
export class Hardsigmoid extends Module {
  protected override forward(x: Value): Value {
    return hardSigmoid(x);
  }
}

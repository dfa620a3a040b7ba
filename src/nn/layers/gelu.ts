/** The Gaussian error linear unit (Hendrycks & Gimpel 2016, arXiv 1606.08415) as a layer. */
import type { Value } from '../../compiler/ir/graph.ts';
import { gelu } from '../functional.ts';
import { Module } from '../module.ts';

/** x · Φ(x), exact, with Φ the normal distribution function. */
export class GELU extends Module {
  protected override forward(x: Value): Value {
    return gelu(x);
  }
}

/** The sigmoid linear unit, also called swish (Ramachandran et al. 2017, arXiv 1710.05941), as a layer. */
import type { Value } from '../../compiler/ir/graph.ts';
import { silu } from '../functional.ts';
import { Module } from '../module.ts';

/** x / (1 + e⁻ˣ). */
export class SiLU extends Module {
  protected override forward(x: Value): Value {
    return silu(x);
  }
}

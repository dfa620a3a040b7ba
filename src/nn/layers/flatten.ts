/** Joining axes into one, as a layer. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { flatten } from '../functional.ts';
import { Module } from '../module.ts';

export interface FlattenOptions {
  /** First axis to join; default 1. */
  readonly startAxis?: number;
  /** Last axis to join; default -1. */
  readonly endAxis?: number;
}

/** The value with the axes from `startAxis` to `endAxis` joined: [N, C, H, W] to [N, C·H·W] by default. */
export class Flatten extends Module {
  readonly startAxis: number;
  readonly endAxis: number;

  constructor(options: FlattenOptions = {}) {
    super();
    checkKeys('flatten', options, ['startAxis', 'endAxis']);
    this.startAxis = options.startAxis ?? 1;
    this.endAxis = options.endAxis ?? -1;
  }

  protected override forward(x: Value): Value {
    return flatten(x, this.startAxis, this.endAxis);
  }
}

/** Joining axes into one. */
import { checkKeys } from '../../base/errors.ts';
import { productOfDims } from '../../compiler/ir/dim.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { normalizeAxis } from '../../compiler/ops/shapes.ts';
import { Module } from '../module.ts';

export interface FlattenOptions {
  /** First axis to join; default 1. */
  readonly startAxis?: number;
  /** Last axis to join; default -1. */
  readonly endAxis?: number;
}

/** The value with the axes from `startAxis` to `endAxis` joined: [N, C, H, W] to [N, C·H·W] by default. */
export function flatten(x: Value, startAxis = 1, endAxis = -1): Value {
  const { shape } = x.type;
  const start = normalizeAxis(startAxis, shape.length);
  const end = normalizeAxis(endAxis, shape.length) + 1;
  const joined = [...shape.slice(0, start), productOfDims(shape.slice(start, end)), ...shape.slice(end)];
  return x.builder.apply('reshape', [x], { shape: joined });
}

/** `flatten` as a layer. */
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

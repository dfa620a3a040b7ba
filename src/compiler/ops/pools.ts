/** What pools share: shapes, and the padding that gives a rounded-up count of windows. */

import type { Dim } from '../ir/dim.ts';
import { describeType, type TensorType } from '../ir/graph.ts';
import { expectFloat, fail } from './shapes.ts';
import { checkWindows, reach, repeat, spatialOf, type WindowAttrs, windowCounts } from './windows.ts';

/** How a pool slides. `ceilMode` rounds the count of windows up instead of down. */
export interface PoolAttrs extends WindowAttrs {
  readonly kernel: readonly number[];
  readonly ceilMode: boolean;
}

/** The type after pooling. */
export function pooledType(x: TensorType, attrs: PoolAttrs): TensorType {
  expectFloat(x);
  checkWindows(attrs, attrs.kernel, x.shape.length - 2);
  attrs.kernel.forEach((size, i) => {
    const pad = Math.max(attrs.padsBegin[i] as number, attrs.padsEnd[i] as number);
    if (pad > size / 2) fail(`takes padding up to half the kernel, ${pad} came for a kernel of ${size}`);
  });
  const counts = windowCounts(spatialOf(x), attrs.kernel, attrs, attrs.ceilMode);
  return { dtype: x.dtype, shape: [x.shape[0] as Dim, x.shape[1] as Dim, ...counts] };
}

/** Checks that dy is what pooling x gives. */
export function expectPooled(dy: TensorType, x: TensorType, attrs: PoolAttrs): void {
  const expected = pooledType(x, attrs);
  if (describeType(dy) !== describeType(expected)) fail(`takes dy of type ${describeType(expected)}, ${describeType(dy)} came`);
}

/**
 * How far the windows of static counts reach beyond the input; negative where elements at the end are in no window.
 */
export function overhang(spatial: readonly number[], counts: readonly number[], attrs: PoolAttrs): readonly number[] {
  return spatial.map((length, i) => {
    const span =
      ((counts[i] as number) - 1) * (attrs.strides[i] as number) + reach(attrs.kernel[i] as number, attrs.dilations[i] as number);
    return span - (attrs.padsBegin[i] as number) - length;
  });
}

/** True when all dims are numbers. */
export function isStatic(dims: readonly Dim[]): dims is readonly number[] {
  return dims.every((dim) => typeof dim === 'number');
}

/** All dilations 1. */
export function undilated(rank: number): readonly number[] {
  return repeat(1, rank);
}

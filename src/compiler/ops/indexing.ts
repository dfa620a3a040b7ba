/** What slicing, gathering and scattering share: open bounds, and the shapes that indices must have. */
import type { Dim } from '../ir/dim.ts';
import { describeType, type TensorType } from '../ir/graph.ts';
import { expectIndices } from './elementwise.ts';
import type { OnnxNode } from './reading.ts';
import { fail } from './shapes.ts';

/** As an end: up to the last element. */
export const toEnd: number = 2 ** 31 - 1;
/** As an end with a negative step: down to the first element. */
export const toStart: number = -(2 ** 31 - 1);

/** How scattering treats what is there: overwrites it or adds to it. */
export interface Reduction {
  readonly reduction: 'none' | 'add';
}

/** Checks that indices have x's rank, fit inside it off the axis, and are integers. */
export function expectElementIndices(x: TensorType, indices: TensorType, axis: number): void {
  expectIndices(indices);
  const fits =
    indices.shape.length === x.shape.length &&
    indices.shape.every((dim, i) => {
      const limit = x.shape[i] as Dim;
      return i === axis || dim === limit || (typeof dim === 'number' && typeof limit === 'number' && dim < limit);
    });
  if (!fits)
    fail(`takes indices of the rank and at most the size of ${describeType(x)} off axis ${axis}, ${describeType(indices)} came`);
}

/**
 * The shape of what coordinates pick from x: the indices' leading axes, then x's axes that the coordinates leave open.
 * The last axis of `indices` holds the coordinates of x's first axes.
 */
export function pickedShape(x: TensorType, indices: TensorType): readonly Dim[] {
  expectIndices(indices);
  return [...indices.shape.slice(0, -1), ...x.shape.slice(depthOf(x, indices))];
}

/** How many axes of x the coordinates name. */
function depthOf(x: TensorType, indices: TensorType): number {
  const depth = indices.shape.at(-1);
  if (typeof depth !== 'number' || depth < 1 || depth > x.shape.length) {
    fail(`takes coordinates of 1 to ${x.shape.length} axes of ${describeType(x)}, indices ${describeType(indices)} came`);
  }
  return depth as number;
}

/** How an ONNX node scatters: overwriting, or adding since version 16. */
export function readScattering(node: OnnxNode): Reduction['reduction'] {
  const reduction = node.text('reduction', 'none');
  return reduction === 'none' || reduction === 'add' ? reduction : node.refuse(`has reduction "${reduction}"`);
}

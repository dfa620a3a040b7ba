/**
 * The trailing axes resampled by nearest neighbour or (bi-, tri-)linear interpolation.
 *
 * Along each axis the result is y = R·x, R a matrix with one 1 or two weights in a row; along several axes the product
 * of such maps. So dx = Rᵀ·dy, axis by axis, which needs static sizes.
 */
import { float32 } from '../../base/tensor.ts';
import type { Builder } from '../ir/builder.ts';
import { type Dim, productOfDims } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import * as f from './functions.ts';
import { readResize } from './read-resize.ts';
import type { Coordinates } from './resample.ts';
import type { OpRules } from './rules.ts';
import { costOf, expectFloat, fail, onlyInput, staticDim } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /**
     * `size`: the new sizes of the last axes. torch's `nearest` is nearest with asymmetric, `nearest-exact` nearest with
     * half_pixel, `bilinear` linear with half_pixel or, with align_corners, align_corners.
     */
    resize: {
      readonly size: readonly Dim[];
      readonly mode: 'nearest' | 'linear';
      readonly coordinates: Coordinates;
    };
  }
}

function place(i: number, length: number, out: number, coordinates: Coordinates): number {
  if (coordinates === 'align_corners') return out > 1 ? (i * (length - 1)) / (out - 1) : 0;
  return coordinates === 'half_pixel' ? ((i + 0.5) * length) / out - 0.5 : (i * length) / out;
}

/** R as [out, length], in C order. */
export function resizeMatrix(length: number, out: number, mode: 'nearest' | 'linear', coordinates: Coordinates): Float32Array {
  const matrix = new Float32Array(out * length);
  for (let i = 0; i < out; i++) {
    const at = Math.min(Math.max(place(i, length, out, coordinates), 0), length - 1);
    if (mode === 'nearest') {
      matrix[i * length + (coordinates === 'asymmetric' ? Math.floor(at) : Math.floor(at + 0.5))] = 1;
      continue;
    }
    const low = Math.min(Math.floor(at), length - 1);
    const high = Math.min(low + 1, length - 1);
    matrix[i * length + low] = 1 - (at - low);
    if (high !== low) matrix[i * length + high] = at - low;
  }
  return matrix;
}

/** Rᵀ·dy along one axis. */
function resizeBack(
  dy: Value,
  axis: number,
  length: number,
  attrs: { mode: 'nearest' | 'linear'; coordinates: Coordinates },
  builder: Builder,
): Value {
  const { shape } = dy.type;
  const out = staticDim(shape[axis], 'the gradient of resize');
  const matrix = f.constant(builder, float32([out, length], resizeMatrix(length, out, attrs.mode, attrs.coordinates)));
  if (axis === shape.length - 1) return f.matmul(dy, matrix);
  const flat = f.reshape(dy, [...shape.slice(0, axis + 1), productOfDims(shape.slice(axis + 1))]);
  const dx = f.matmul(matrix, flat, { transA: true });
  return f.reshape(dx, [...shape.slice(0, axis), length, ...shape.slice(axis + 1)]);
}

export const resize: OpRules<'resize'> = {
  shape(inputs, { size }) {
    const x = onlyInput(inputs);
    expectFloat(x);
    if (size.length > x.shape.length) fail(`takes at most ${x.shape.length} sizes, [${size.join(', ')}] came`);
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, x.shape.length - size.length), ...size] }];
  },
  gradient(node, [dy], _wanted, builder) {
    if (!dy) return [null];
    const { shape } = (node.inputs[0] as Value).type;
    const first = shape.length - node.attrs.size.length;
    let dx = dy;
    for (let axis = first; axis < shape.length; axis++) {
      if (shape[axis] === dy.type.shape[axis]) continue;
      dx = resizeBack(dx, axis, staticDim(shape[axis], 'the gradient of resize'), node.attrs, builder);
    }
    return [dx];
  },
  lower(node, to) {
    const { mode, coordinates } = node.attrs;
    const sizes = to.dims((node.outputs[0] as Value).type.shape);
    const nearest = coordinates === 'asymmetric' ? 'floor' : 'round_prefer_ceil';
    return [
      to.emit('Resize', [to.name(node.inputs[0] as Value), '', '', sizes], {
        mode,
        coordinate_transformation_mode: coordinates,
        nearest_mode: nearest,
      }),
    ];
  },
  read: { Resize: readResize, Upsample: readResize },
  cost: costOf,
};

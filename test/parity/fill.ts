/** The values both sides compute with; fill.py makes the same bits. */
import { randomUniform, streamKey } from '../../src/base/random.ts';
import { elementCount, type Tensor, tensor } from '../../src/base/tensor.ts';
import { type AnyModule, namedParameters } from '../../src/nn/module.ts';

/** Cells of a picture's smooth field along each side. */
const GRID = 7;

/** [N, C, H, W]. */
export type PictureShape = readonly [number, number, number, number];

export type Range = readonly [low: number, high: number];

/** float32 values between `low` and `high`: value i is a hash of (name, i). */
export function fill(name: string, shape: readonly number[], [low, high]: Range): Tensor<'float32'> {
  const data = new Float32Array(elementCount(shape));
  const key = streamKey(0, name);
  for (let i = 0; i < data.length; i++) data[i] = low + (high - low) * randomUniform(key, i);
  return tensor('float32', shape, data);
}

/** Gives a model its values: `ranges` come in the order of the state dict; counters of batches become 0. */
export function fillModel(model: AnyModule, ranges: readonly Range[]): void {
  const left = [...ranges];
  for (const [path, parameter] of namedParameters(model)) {
    if (parameter.dtype === 'float32') {
      const range = left.shift();
      if (!range) throw new Error(`${path}: the goldens have no range for it`);
      parameter.value = fill(path, parameter.shape, range);
    } else {
      parameter.value = tensor(parameter.dtype, parameter.shape);
    }
  }
  if (left.length > 0) throw new Error(`the goldens have ${left.length} ranges too many`);
}

/** float32 pictures [N, C, H, W] within [-2, 2]: 3/4 a smooth field between hashed corners, 1/4 noise. */
export function pictures(name: string, shape: PictureShape): Tensor<'float32'> {
  const [n, c, h, w] = shape;
  const data = new Float32Array(n * c * h * w);
  const gridKey = streamKey(0, `${name}:grid`);
  const noiseKey = streamKey(0, `${name}:noise`);
  const side = GRID + 1;
  let i = 0;
  for (let plane = 0; plane < n * c; plane++) {
    const corner = (y: number, x: number): number => randomUniform(gridKey, (plane * side + y) * side + x);
    for (let row = 0; row < h; row++) {
      const y = Math.floor((row * GRID) / h);
      const fy = (row * GRID) / h - y;
      for (let column = 0; column < w; column++, i++) {
        const x = Math.floor((column * GRID) / w);
        const fx = (column * GRID) / w - x;
        const top = corner(y, x) * (1 - fx) + corner(y, x + 1) * fx;
        const bottom = corner(y + 1, x) * (1 - fx) + corner(y + 1, x + 1) * fx;
        const smooth = top * (1 - fy) + bottom * fy;
        data[i] = 3 * smooth + randomUniform(noiseKey, i) - 2;
      }
    }
  }
  return tensor('float32', shape, data);
}

/** The random masks of dropout and stochastic depth: the same choices on any back end for the same seed and step. */
import { randomUniform, streamKey } from '../base/random.ts';
import { elementCount, type Tensor, tensor } from '../base/tensor.ts';
import { staticShape } from '../compiler/ops/shapes.ts';
import type { MaskInput } from '../nn/trace-context.ts';

/**
 * The masks of one step: element i of mask m takes value step · elements + i of the stream (seed, name of m), and is
 * 1 / keep where that is below keep, else 0.
 */
export function drawMasks(masks: readonly MaskInput[], seed: number, step: number): Record<string, Tensor> {
  return Object.fromEntries(masks.map((mask) => [mask.name, drawMask(mask, seed, step)]));
}

function drawMask({ name, shape, keep }: MaskInput, seed: number, step: number): Tensor {
  const dims = staticShape(shape, 'a training mask');
  const values = new Float32Array(elementCount(dims));
  const key = streamKey(seed, name);
  const start = step * values.length;
  for (let i = 0; i < values.length; i++) values[i] = randomUniform(key, start + i) < keep ? 1 / keep : 0;
  return tensor('float32', dims, values);
}

/**
 * torch's initializers: the same distributions, drawn from our own counter-based streams, so that a parameter's first
 * values depend on the seed and its path alone.
 */
import type { DType } from '../base/dtype.ts';
import { randomNormal, randomUniform } from '../base/random.ts';
import { elementCount, type Tensor, tensor } from '../base/tensor.ts';

/** Makes a parameter's first values from its shape and the key of its random stream. */
export type Initializer = (shape: readonly number[], dtype: DType, key: number) => Tensor;

function drawn(shape: readonly number[], draw: (index: number) => number): Tensor {
  const data = new Float32Array(elementCount(shape));
  for (let i = 0; i < data.length; i++) data[i] = draw(i);
  return tensor('float32', shape, data);
}

/** Every element the same. */
export function constant(value: number): Initializer {
  return (shape, dtype) => {
    const filled = tensor(dtype, shape);
    if (filled.data instanceof BigInt64Array || filled.data instanceof BigUint64Array) filled.data.fill(BigInt(value));
    else filled.data.fill(value);
    return filled;
  };
}

/** Uniform in [low, high). */
export function uniform(low: number, high: number): Initializer {
  return (shape, _dtype, key) => drawn(shape, (i) => low + (high - low) * randomUniform(key, i));
}

/** Normal with this mean and standard deviation. */
export function normal(mean: number, deviation: number): Initializer {
  return (shape, _dtype, key) => drawn(shape, (i) => mean + deviation * randomNormal(key, i));
}

/** Normal, drawn again where it falls outside [low, high] (in the units of the values). */
export function truncatedNormal(mean: number, deviation: number, low: number, high: number): Initializer {
  return (shape, _dtype, key) => {
    const count = elementCount(shape);
    return drawn(shape, (i) => {
      // The k-th attempt for element i takes value k·count + i of the stream.
      for (let index = i; ; index += count) {
        const value = mean + deviation * randomNormal(key, index);
        if (value >= low && value <= high) return value;
      }
    });
  };
}

export type FanMode = 'fanIn' | 'fanOut';

/** How many inputs or outputs one weight of [out, in, ...kernel] meets. */
export function fan(shape: readonly number[], mode: FanMode): number {
  const receptive = elementCount(shape.slice(2));
  return (shape[mode === 'fanIn' ? 1 : 0] ?? 1) * receptive;
}

/** Normal of deviation gain / √fan (He et al. 2015, arXiv 1502.01852, eq. 10); gain √2 is for ReLU. */
export function kaimingNormal(mode: FanMode = 'fanIn', gain: number = Math.SQRT2): Initializer {
  return (shape, dtype, key) => normal(0, gain / Math.sqrt(fan(shape, mode)))(shape, dtype, key);
}

/** Uniform in ±gain·√(3 / fan), the same variance as the normal form. */
export function kaimingUniform(mode: FanMode = 'fanIn', gain: number = Math.SQRT2): Initializer {
  return (shape, dtype, key) => {
    const bound = gain * Math.sqrt(3 / fan(shape, mode));
    return uniform(-bound, bound)(shape, dtype, key);
  };
}

/** torch's default for the weights of convolutions and linear layers: kaimingUniform with a = √5, so ±1/√fanIn. */
export const defaultWeight: Initializer = kaimingUniform('fanIn', Math.sqrt(1 / 3));

/** torch's default for their biases: uniform in ±1/√fanIn of the weight. */
export function defaultBias(weightShape: readonly number[]): Initializer {
  const bound = 1 / Math.sqrt(fan(weightShape, 'fanIn'));
  return uniform(-bound, bound);
}

/** Uniform in ±1/√outputs for a weight of [outputs, inputs]: EfficientNet's rule for its classifier. */
export const uniformByOutputs: Initializer = (shape, dtype, key) => {
  const bound = 1 / Math.sqrt(shape[0] ?? 1);
  return uniform(-bound, bound)(shape, dtype, key);
};

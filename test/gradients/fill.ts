/**
 * Tensors filled by the documented hash of (key, index) in src/base/random.ts, so that Python makes the same ones
 * (fill.py) and nothing big is stored.
 */
import { type DType, dtypes } from '../../src/base/dtype.ts';
import { randomUniform, streamKey } from '../../src/base/random.ts';
import { elementCount, type Tensor, tensor } from '../../src/base/tensor.ts';

/** An input of a case: values drawn evenly from [low, high), or given. Element type float32 unless said. */
export interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype?: DType;
  readonly low?: number;
  readonly high?: number;
  readonly values?: readonly number[];
}

/** The tensor an input stands for; `name` is the key of its stream. Integers are rounded down, booleans are the upper half. */
export function fill(name: string, spec: InputSpec): Tensor {
  const { shape, dtype = 'float32', low = -1, high = 1 } = spec;
  const key = streamKey(0, name);
  const data = new dtypes[dtype].array(elementCount(shape));
  for (let i = 0; i < data.length; i++) {
    const u = randomUniform(key, i);
    const drawn = dtypes[dtype].floating ? low + (high - low) * u : Math.floor(low + (high - low) * u);
    const value = spec.values?.[i] ?? (dtype === 'bool' ? Number(u >= 0.5) : drawn);
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(value);
    else data[i] = value;
  }
  return tensor(dtype, shape, data);
}

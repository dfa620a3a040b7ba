/** Changes of element type, as PyTorch's `copy_` makes them. */
import { type ArrayOf, type DType, dtypes } from '../base/dtype.ts';
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from '../base/half.ts';
import type { Tensor } from '../base/tensor.ts';

function holds<D extends DType>(tensor: Tensor, dtype: D): tensor is Tensor<D> {
  return tensor.dtype === dtype;
}

/** The tensor itself when it is float32 already; float64 and 64-bit integers are rounded to the nearest float32. */
export function toFloat32(tensor: Tensor): Tensor<'float32'> {
  if (holds(tensor, 'float32')) return tensor;
  const { shape } = tensor;
  if (holds(tensor, 'float16')) return { dtype: 'float32', shape, data: float16ToFloat32(tensor.data) };
  if (holds(tensor, 'bfloat16')) return { dtype: 'float32', shape, data: bfloat16ToFloat32(tensor.data) };
  const data = new Float32Array(tensor.data.length);
  for (let i = 0; i < data.length; i++) data[i] = Number(tensor.data[i]);
  return { dtype: 'float32', shape, data };
}

/** Numbers of every element; halves widened. */
function numbersOf(tensor: Tensor): ArrayLike<number | bigint> {
  return tensor.dtype === 'float16' || tensor.dtype === 'bfloat16' ? toFloat32(tensor).data : tensor.data;
}

/**
 * The tensor with another element type: to floats rounded to nearest even, to integers cut towards zero and wrapped,
 * to booleans 1 where it is not 0. The tensor itself when it has the type already.
 */
export function castTensor<D extends DType>(tensor: Tensor, dtype: D): Tensor<D> {
  if (holds(tensor, dtype)) return tensor;
  const { shape } = tensor;
  return { dtype, shape, data: castData(tensor, dtype) as ArrayOf[D] };
}

function castData(tensor: Tensor, dtype: DType): ArrayOf[DType] {
  if (dtype === 'float32') return toFloat32(tensor).data;
  if (dtype === 'float16') return float32ToFloat16(toFloat32(tensor).data);
  if (dtype === 'bfloat16') return float32ToBfloat16(toFloat32(tensor).data);
  const values = numbersOf(tensor);
  if (dtype === 'int64' || dtype === 'uint64') {
    const wide = new dtypes[dtype].array(values.length);
    for (let i = 0; i < wide.length; i++) {
      const value = values[i] as number | bigint;
      wide[i] = typeof value === 'bigint' ? value : Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
    }
    return wide;
  }
  const data = new dtypes[dtype].array(values.length);
  for (let i = 0; i < data.length; i++) {
    const value = values[i] as number | bigint;
    if (dtype === 'bool') data[i] = Number(value) === 0 ? 0 : 1;
    else data[i] = typeof value === 'bigint' && dtype !== 'float64' ? Number(BigInt.asIntN(32, value)) : Number(value);
  }
  return data;
}

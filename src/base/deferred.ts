/** Tensors whose values are read or computed when they are asked for, so that big models pass through memory one by one. */
import type { Tensor } from './tensor.ts';

/** Element type and shape now, values later; every `read` gives them anew, in memory that the caller may write into. */
export interface DeferredTensor extends Pick<Tensor, 'dtype' | 'shape'> {
  read(): Tensor | Promise<Tensor>;
}

/** The values of a tensor, wherever they are. */
export function valuesOf(tensor: Tensor | DeferredTensor): Tensor | Promise<Tensor> {
  return 'read' in tensor ? tensor.read() : tensor;
}

/** A tensor computed from others: at once where their values are at hand, else when they have been read, one by one. */
export function computed(
  inputs: readonly (Tensor | DeferredTensor)[],
  compute: (values: readonly Tensor[]) => Tensor,
): Tensor | Promise<Tensor> {
  const values: Tensor[] = [];
  for (const [i, input] of inputs.entries()) {
    const value = valuesOf(input);
    if (value instanceof Promise) return rest(values, value, inputs.slice(i + 1)).then(compute);
    values.push(value);
  }
  return compute(values);
}

async function rest(
  before: readonly Tensor[],
  next: Promise<Tensor>,
  inputs: readonly (Tensor | DeferredTensor)[],
): Promise<Tensor[]> {
  const values = [...before, await next];
  for (const input of inputs) values.push(await valuesOf(input));
  return values;
}

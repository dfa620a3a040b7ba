/** A model's values by state-dict key. */
import { streamKey } from '../base/random.ts';
import type { Tensor } from '../base/tensor.ts';
import { type AnyModule, namedParameters } from './module.ts';

/**
 * Gives every parameter and buffer that has no values yet its first ones. The same seed gives the same values on any
 * machine; a parameter's values depend on the seed, its key and its shape alone.
 */
export function initialize(model: AnyModule, options: { readonly seed?: number } = {}): void {
  for (const [path, parameter] of namedParameters(model)) {
    parameter.value ??= parameter.init(parameter.shape, parameter.dtype, streamKey(options.seed ?? 0, path));
  }
}

/** All values by key, in PyTorch's order; the tensors are the model's own. Initializes what has no values yet. */
export function stateDict(model: AnyModule): Map<string, Tensor> {
  initialize(model);
  return new Map([...namedParameters(model)].map(([path, parameter]) => [path, parameter.value as Tensor]));
}

/** Keys, element types and shapes without any values. */
export function stateDictTypes(model: AnyModule): Map<string, Pick<Tensor, 'dtype' | 'shape'>> {
  return new Map([...namedParameters(model)].map(([path, { dtype, shape }]) => [path, { dtype, shape }]));
}

/** How many numbers training would move: the elements of all parameters, buffers not counted. */
export function countParameters(model: AnyModule): number {
  let count = 0;
  for (const [, parameter] of namedParameters(model)) {
    if (parameter.kind === 'parameter') count += parameter.shape.reduce((product, dim) => product * dim, 1);
  }
  return count;
}

/** Freezes (or with `false` thaws) the parameters of a model or of a part of it; frozen batch norms keep their statistics. */
export function freeze(module: AnyModule, frozen = true): void {
  for (const [, parameter] of namedParameters(module)) {
    if (parameter.kind === 'parameter') parameter.trainable = !frozen;
  }
}

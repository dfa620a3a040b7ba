/** The operators that differentiation itself needs, handed to it so that it names none. */
import { tensor } from '../../base/tensor.ts';
import type { Builder } from '../ir/builder.ts';
import type { Value } from '../ir/graph.ts';

export interface GradientParts {
  add(a: Value, b: Value, builder: Builder): Value;
  zeros(like: Value, builder: Builder): Value;
  ones(like: Value, builder: Builder): Value;
}

function filled(like: Value, value: number, builder: Builder): Value {
  const one = tensor('float32', [], Float32Array.of(value));
  const scalar = builder.apply('constant', [], { value: one });
  const cast = like.type.dtype === 'float32' ? scalar : builder.apply('cast', [scalar], { to: like.type.dtype });
  return like.type.shape.length === 0 ? cast : builder.apply('expand', [cast], { shape: like.type.shape });
}

export const gradientParts: GradientParts = {
  add: (a, b, builder) => builder.apply('add', [a, b], {}),
  zeros: (like, builder) => filled(like, 0, builder),
  ones: (like, builder) => filled(like, 1, builder),
};

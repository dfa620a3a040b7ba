/** A tensor that belongs to a module: a weight to train, or a buffer such as running statistics. */
import type { DType } from '../base/dtype.ts';
import { OcelliError } from '../base/errors.ts';
import { describeTensor, type Tensor } from '../base/tensor.ts';
import type { Initializer } from './init.ts';

export interface ParameterOptions {
  readonly dtype?: DType;
  /** 'parameter' (default) is trained; 'buffer' is state that training updates by other rules. */
  readonly kind?: 'parameter' | 'buffer';
  /** Makes the first values, from a key that the parameter's path and the model's seed give. */
  readonly init: Initializer;
}

export class Parameter {
  /** Tells parameters apart from other objects, also those of another copy of the package. */
  readonly isOcelliParameter = true;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly kind: 'parameter' | 'buffer';
  /** Makes the first values; a model may set its own before `initialize`. */
  init: Initializer;
  /** False when frozen: training leaves it as it is. Buffers are never trained. */
  trainable: boolean;
  #value: Tensor | undefined;

  constructor(shape: readonly number[], options: ParameterOptions) {
    this.shape = shape;
    this.dtype = options.dtype ?? 'float32';
    this.kind = options.kind ?? 'parameter';
    this.init = options.init;
    this.trainable = this.kind === 'parameter';
  }

  /** The values, or undefined before `initialize` or `loadStateDict`: a model is described without allocating it. */
  get value(): Tensor | undefined {
    return this.#value;
  }

  set value(value: Tensor | undefined) {
    if (value && (value.dtype !== this.dtype || value.shape.join() !== this.shape.join())) {
      throw new OcelliError('shape', `parameter is ${describeTensor(this)}, ${describeTensor(value)} came`);
    }
    this.#value = value;
  }
}

export function isParameter(value: unknown): value is Parameter {
  return typeof value === 'object' && value !== null && 'isOcelliParameter' in value;
}

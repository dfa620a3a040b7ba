/**
 * The exponential moving average of weights and running statistics, as torch's AveragedModel with use_buffers and torchvision's
 * average function: the first update copies, each further one is
 *
 *   average ← decay · average + (1 − decay) · value
 *
 * Integers are copied. With accumulation it moves when the weights do.
 */
import { dtypes } from '../base/dtype.ts';
import type { Value } from '../compiler/ir/graph.ts';
import { add, equal, full, mul, where } from '../nn/functional.ts';
import type { MicroBatches } from './micro-batches.ts';
import type { StateBuilder } from './training-state.ts';

export class MovingAverage {
  readonly #state: StateBuilder;
  readonly #micro: MicroBatches | undefined;
  readonly #decay: Value;
  readonly #share: Value;

  constructor(state: StateBuilder, decay: number, micro: MicroBatches | undefined) {
    this.#state = state;
    this.#micro = micro;
    const name = 'counter:ema';
    const updates = state.input(name, { dtype: 'float32', shape: [] }, 'zeros');
    const first = equal(updates, 0);
    const choose = (atFirst: number, later: number, idle: number): Value => {
      const moved = where(first, full(updates, [], atFirst), later);
      return micro ? where(micro.due, moved, idle) : moved;
    };
    this.#decay = choose(0, decay, 1);
    this.#share = choose(1, 1 - decay, 0);
    const counted = add(updates, 1);
    state.next(name, micro?.choose(counted, updates) ?? counted);
  }

  /** Averages what is under `key` and becomes `value` in this step. */
  keep(key: string, value: Value): void {
    const name = `ema:${key}`;
    const before = this.#state.input(name, value.type, { key });
    this.#state.next(name, dtypes[value.type.dtype].floating ? this.#moved(before, value) : this.#copied(before, value));
  }

  #moved(before: Value, value: Value): Value {
    return add(mul(before, this.#decay), mul(value, this.#share));
  }

  #copied(before: Value, value: Value): Value {
    return this.#micro?.choose(value, before) ?? value;
  }
}

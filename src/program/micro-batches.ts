/**
 * Gradient accumulation inside the graph: k runs add up their gradients, each divided by k, and the k-th one lets the optimizer
 * move the weights by the sum, which is the gradient of the mean loss over the k micro-batches.
 */
import type { Value } from '../compiler/ir/graph.ts';
import { add, greaterOrEqual, where } from '../nn/functional.ts';
import type { StateBuilder } from './training-state.ts';

export class MicroBatches {
  /** A bool scalar: whether this run is the k-th. */
  readonly due: Value;
  readonly #state: StateBuilder;

  constructor(state: StateBuilder, count: number) {
    this.#state = state;
    const name = 'counter:accumulated';
    const runs = add(state.input(name, { dtype: 'float32', shape: [] }, 'zeros'), 1);
    this.due = greaterOrEqual(runs, count);
    state.next(name, where(this.due, 0, runs));
  }

  /** The gradients of the micro-batches so far and of this one. */
  sum(path: string, gradient: Value): Value {
    return add(this.#state.input(`accumulated:${path}`, gradient.type, 'zeros'), gradient);
  }

  /** Keeps a sum for the next run, or zeros after the k-th. */
  keep(path: string, sum: Value): void {
    this.#state.next(`accumulated:${path}`, where(this.due, 0, sum));
  }

  /** `after` when this run is the k-th, else `before`. */
  choose(after: Value, before: Value): Value {
    return where(this.due, after, before);
  }
}

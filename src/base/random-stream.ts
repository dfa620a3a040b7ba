/** A stream of seeded random numbers that remembers how far it is. */
import { randomBits, randomUniform } from './random.ts';

/** Number i that is drawn is value i of the stream `key`: the same draws in the same order give the same numbers anywhere. */
export class RandomStream {
  readonly key: number;
  #count = 0;

  constructor(key: number) {
    this.key = key;
  }

  /** 32 random bits. */
  bits(): number {
    return randomBits(this.key, this.#count++);
  }

  /** A number in [0, 1) with 24 random bits. */
  uniform(): number {
    return randomUniform(this.key, this.#count++);
  }

  /** A number in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** A whole number in 0..count-1, for counts up to 2^32. */
  below(count: number): number {
    return Math.floor((this.bits() * count) / 2 ** 32);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }
}

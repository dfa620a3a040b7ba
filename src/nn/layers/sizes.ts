/** Sizes per spatial axis: one number for all axes or one for each, checked. */
import { OcelliError } from '../../base/errors.ts';

/** One number for every spatial axis, or one for each of them, from the outermost (depth or height) to the width. */
export type SizePerAxis = number | readonly number[];

/**
 * The sizes as a list of `rank` integers.
 * @throws usage naming the option when the count is wrong or a size is no integer of at least `least`
 */
export function sizesPerAxis(what: string, value: SizePerAxis, rank: number, least: number): readonly number[] {
  const sizes = typeof value === 'number' ? new Array<number>(rank).fill(value) : value;
  if (sizes.length !== rank || sizes.some((size) => !Number.isInteger(size) || size < least)) {
    throw new OcelliError('usage', `${what} must be one or ${rank} integers of at least ${least}, ${String(value)} came`);
  }
  return sizes;
}

/** @throws usage when `value` is no integer of at least 1 */
export function checkCount(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new OcelliError('usage', `${what} must be an integer of at least 1, ${value} came`);
  }
}

/** @throws usage when `value` is no probability */
export function checkProbability(what: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new OcelliError('usage', `${what} must be between 0 and 1, ${value} came`);
}

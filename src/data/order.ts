/** Which sample comes when, and which random stream it gets: functions of seed, epoch and index alone. */
import { randomBits, streamKey } from '../base/random.ts';

/** A whole number in 0..count-1 from 32 random bits; for counts up to 2^32. */
export function randomBelow(bits: number, count: number): number {
  return Math.floor((bits * count) / 2 ** 32);
}

/** Shuffles in place (Fisher-Yates) with the numbers of stream `key`. */
export function shuffleInPlace(values: Uint32Array, key: number): Uint32Array {
  for (let i = values.length - 1; i > 0; i--) {
    const j = randomBelow(randomBits(key, i), i + 1);
    const value = values[i] as number;
    values[i] = values[j] as number;
    values[j] = value;
  }
  return values;
}

/** The numbers 0..length-1. */
export function inOrder(length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, i) => i);
}

/** The order of an epoch's samples. */
export function epochOrder(length: number, shuffle: boolean, seed: number, epoch: number): Uint32Array {
  const order = inOrder(length);
  return shuffle ? shuffleInPlace(order, randomBits(streamKey(seed, 'data order'), epoch)) : order;
}

/** The random stream of one sample in one epoch. */
export function sampleKey(seed: number, epoch: number, index: number): number {
  return randomBits(randomBits(streamKey(seed, 'sample'), epoch), index);
}

/** The random stream of one batch in one epoch. */
export function batchKey(seed: number, epoch: number, batch: number): number {
  return randomBits(randomBits(streamKey(seed, 'batch'), epoch), batch);
}

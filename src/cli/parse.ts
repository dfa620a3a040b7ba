/** Reading option values: numbers, lists and choices, refused with a sentence that says what they should be. */
import { InvalidArgumentError } from 'commander';

/** A text that is not empty, as variables that are not set would give. */
export function text(given: string): string {
  if (given.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return given;
}

/** A whole number of at least `least`. */
export function integer(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
    }
    return value;
  };
}

/** A number that is not below `least`. */
export function number(least: number): (text: string) => number {
  return (given) => {
    const value = given.trim() === '' ? Number.NaN : Number(given);
    if (!(value >= least && Number.isFinite(value))) throw new InvalidArgumentError(`It must be a number of at least ${least}.`);
    return value;
  };
}

/** A number for each channel: three with commas between them, or one. */
export function perChannel(text: string): readonly [number, number, number] | readonly [number] {
  const [a, b, c, ...rest] = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (isFiniteNumber(a) && b === undefined) return [a];
  if (rest.length > 0 || !isFiniteNumber(a) || !isFiniteNumber(b) || !isFiniteNumber(c)) {
    throw new InvalidArgumentError('It must be three numbers like 0.485,0.456,0.406, or one for gray pictures.');
  }
  return [a, b, c];
}

/** A number for each channel, none of them zero. */
export function nonZeroPerChannel(text: string): readonly [number, number, number] | readonly [number] {
  const value = perChannel(text);
  if (value.some((number) => number === 0)) throw new InvalidArgumentError('None of the numbers may be zero.');
  return value;
}

function isFiniteNumber(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}

/** One of the given words. */
export function choice<const T extends string>(words: readonly T[]): (text: string) => T {
  return (text) => {
    const found = words.find((word) => word === text.toLowerCase());
    if (found === undefined) throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`);
    return found;
  };
}

/** Some of the given words, with commas between them. */
export function choices<const T extends string>(words: readonly T[]): (text: string) => readonly T[] {
  const one = choice(words);
  return (text) => [...new Set(text.split(',').map((part) => one(part.trim())))];
}

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

/** Three numbers with commas between them. */
export function triple(text: string): readonly [number, number, number] {
  const [a, b, c, ...rest] = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (rest.length > 0 || !isFiniteNumber(a) || !isFiniteNumber(b) || !isFiniteNumber(c)) {
    throw new InvalidArgumentError('It must be three numbers like 0.485,0.456,0.406.');
  }
  return [a, b, c];
}

/** Three numbers, none of them zero. */
export function nonZeroTriple(text: string): readonly [number, number, number] {
  const value = triple(text);
  if (value.includes(0)) throw new InvalidArgumentError('None of the three numbers may be zero.');
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

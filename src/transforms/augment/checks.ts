/** Checks that options of transforms share. Lists may come from JSON, so types are not trusted either. */
import { OcelliError } from '../../base/errors.ts';
import type { Size } from '../geometry.ts';

/** The smallest and the largest of what is drawn. */
export type Range = readonly [number, number];

/** A side of a square, or both sides. */
export type SizeOption = number | Size;

function refuse(what: string, name: string, expected: string, value: unknown): OcelliError {
  return new OcelliError('usage', `${what}: ${name} must be ${expected}, ${JSON.stringify(value) ?? String(value)} came`);
}

/** @throws usage unless `value` is a number in [low, high] */
export function checkNumber(what: string, name: string, value: unknown, low: number = -Infinity, high: number = Infinity): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= low && value <= high) return;
  throw refuse(what, name, `a number${span(low, high)}`, value);
}

/** @throws usage unless `value` is a whole number in [low, high] */
export function checkInteger(what: string, name: string, value: unknown, low: number, high: number = Infinity): void {
  if (Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high) return;
  throw refuse(what, name, `a whole number${span(low, high)}`, value);
}

function span(low: number, high: number): string {
  if (low === -Infinity && high === Infinity) return '';
  if (high === Infinity) return ` of at least ${low}`;
  return ` from ${low} to ${high}`;
}

/** @throws usage unless `p` is in [0, 1] */
export function checkProbability(what: string, p: unknown): void {
  checkNumber(what, 'p', p, 0, 1);
}

/** @throws usage unless `value` is a pair of numbers in [low, high], the first not above the second */
export function checkRange(what: string, name: string, value: unknown, low: number = -Infinity, high: number = Infinity): void {
  if (Array.isArray(value) && value.length === 2) {
    const [from, to] = value as [unknown, unknown];
    const numbers = [from, to].every((each) => typeof each === 'number' && Number.isFinite(each) && each >= low && each <= high);
    if (numbers && (from as number) <= (to as number)) return;
  }
  throw refuse(what, name, `[smallest, largest]${span(low, high)}`, value);
}

/** @throws usage unless `value` is one of `choices` */
export function checkChoice(what: string, name: string, value: unknown, choices: readonly (string | number | boolean)[]): void {
  if (choices.some((choice) => choice === value)) return;
  throw refuse(what, name, `one of ${choices.join(', ')}`, value);
}

/** Both sides of a size. @throws usage unless they are whole numbers of at least 1 */
export function sizeOf(what: string, size: SizeOption, name: string = 'size'): Size {
  if (typeof size === 'object' && size !== null) {
    checkInteger(what, `width of ${name}`, size.width, 1);
    checkInteger(what, `height of ${name}`, size.height, 1);
    return { width: size.width, height: size.height };
  }
  checkInteger(what, name, size, 1);
  return { width: size, height: size };
}

/** A number per channel. @throws usage unless `fill` is a byte, or one for every channel */
export function fillOf(what: string, fill: number | readonly number[], channels: number): readonly number[] {
  const values = Array.isArray(fill) ? (fill as readonly number[]) : new Array<number>(channels).fill(fill as number);
  if (values.length !== channels) throw refuse(what, 'fill', `a number or ${channels} of them`, fill);
  for (const value of values) checkInteger(what, 'fill', value, 0, 255);
  return values;
}

/**
 * How a float32 result is held against torch's float64 one: every element within 64 units in the last place of the
 * array's largest magnitude. An operator and its gradient are a handful of float32 operations, or sums whose rounding
 * grows with the square root of their length; sums in the cases have at most some hundred terms. Where terms far larger than
 * the result cancel, the case states their magnitude, which then stands for the array's.
 */
import { randomUniform, streamKey } from '../../src/base/random.ts';
import type { Graph } from '../../src/compiler/ir/graph.ts';
import type { Case, Golden, GoldenArray } from './case.ts';

export const ULPS = 64;

/** The distance of neighbouring float32 numbers at this magnitude. */
export function ulp(magnitude: number): number {
  return magnitude === 0 ? 2 ** -149 : 2 ** (Math.floor(Math.log2(magnitude)) - 23);
}

export interface Actual {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number | bigint>;
  readonly floating: boolean;
}

/** What is wrong with a result, or undefined when it is right. */
export function difference(actual: Actual, golden: GoldenArray, terms = 0): string | undefined {
  if (actual.shape.join() !== golden.shape.join()) return `shape [${actual.shape}], torch has [${golden.shape}]`;
  const size = actual.data.length;
  const max = golden.max ?? golden.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const bound = actual.floating ? ULPS * ulp(Math.max(max, terms)) : 0;
  for (const [i, expected] of golden.values.entries()) {
    const at = size <= 64 ? i : Math.floor((i * size) / 64);
    const value = Number(actual.data[at]);
    const off = Math.abs(value - expected);
    if (!(off <= bound)) return `element ${at} is ${value}, torch has ${expected}: off by ${off}, bound ${bound}`;
  }
  if (golden.dot === undefined) return undefined;
  const key = streamKey(0, 'check');
  let dot = 0;
  for (let i = 0; i < size; i++) dot += Number(actual.data[i]) * randomUniform(key, i);
  const off = Math.abs(dot - golden.dot);
  const rounding = 1e-11 * Math.abs(golden.dot);
  if (!(off <= size * bound + rounding)) return `the dot product with "check" is ${dot}, torch has ${golden.dot}`;
  return undefined;
}

/** What is wrong with the outputs and gradients of a case's program. */
export function differences(graph: Graph, results: ReadonlyMap<string, Actual>, test: Case, golden: Golden): readonly string[] {
  return graph.outputs.flatMap(({ name }) => {
    const place = Number(/\d+$/.exec(name)?.[0]);
    const expected = name.startsWith('output') ? golden.outputs[place] : golden.gradients?.[place];
    const actual = results.get(name);
    const off = actual && expected ? difference(actual, expected, test.terms?.magnitude) : 'has no counterpart in torch';
    return off === undefined ? [] : [`${name}: ${off}`];
  });
}

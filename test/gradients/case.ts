/** The cases: one operator each, with its inputs, attributes, torch's expression and what torch gives for it. */
import { readdirSync, readFileSync } from 'node:fs';
import type { DType } from '../../src/base/dtype.ts';
import { tensor } from '../../src/base/tensor.ts';
import type { Attr, Dim, OpName } from '../../src/compiler/ir/graph.ts';
import type { InputSpec } from './fill.ts';

/** As it stands in cases/*.json. */
export interface Case {
  /** `operator/what is special`; unique. */
  readonly name: string;
  readonly op: OpName;
  readonly inputs: readonly InputSpec[];
  readonly attrs?: Readonly<Record<string, unknown>>;
  /** Python over the inputs a, b, c, ... */
  readonly torch: string;
  /** The same case with named dims: the shapes of the inputs, and attributes where these have names too. */
  readonly named?: { readonly inputs: readonly (readonly Dim[])[]; readonly attrs?: Readonly<Record<string, unknown>> };
  /** The magnitude of what is added up inside, where it is far above that of the result, and why. */
  readonly terms?: { readonly magnitude: number; readonly because: string };
}

/** An array as generate.py stores it. */
export interface GoldenArray {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly max?: number;
  readonly dot?: number;
}

/** What torch gives for a case. Without `gradients` nothing differentiable came out. */
export interface Golden {
  readonly name: string;
  readonly outputs: readonly GoldenArray[];
  readonly gradients?: readonly (GoldenArray | null)[];
}

interface GoldenFile {
  readonly command: string;
  readonly torch: string;
  readonly cases: readonly Golden[];
}

const here = new URL('.', import.meta.url);

/** The names of the files of cases, without `.json`. */
export function groups(): readonly string[] {
  const files = readdirSync(new URL('cases/', here)).filter((file) => file.endsWith('.json'));
  return files.map((file) => file.slice(0, -'.json'.length)).sort();
}

export function readCases(group: string): readonly Case[] {
  return JSON.parse(readFileSync(new URL(`cases/${group}.json`, here), 'utf8')) as readonly Case[];
}

/** The goldens of a group by case, from the repository or from another folder. */
export function readGoldens(group: string, folder: URL = new URL('goldens/', here)): ReadonlyMap<string, Golden> {
  const file = JSON.parse(readFileSync(new URL(`${group}.json`, folder), 'utf8')) as GoldenFile;
  return new Map(file.cases.map((golden) => [golden.name, golden]));
}

/** Attributes as operators take them; `{ "tensor": [dtype, shape, values] }` in JSON stands for a tensor. */
export function attrsOf(attrs: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, Attr>> {
  return Object.fromEntries(Object.entries(attrs).map(([key, attr]) => [key, attrOf(attr)]));
}

function attrOf(attr: unknown): Attr {
  if (typeof attr === 'object' && attr !== null && 'tensor' in attr) {
    const [dtype, shape, values] = attr.tensor as [DType, number[], number[]];
    const filled = tensor(dtype, shape);
    values.forEach((value, i) => {
      filled.data[i] = typeof filled.data[i] === 'bigint' ? BigInt(value) : value;
    });
    return filled;
  }
  return attr as Attr;
}

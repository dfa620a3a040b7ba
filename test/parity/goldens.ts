/** What goldens.py wrote, and how results are held against it. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Tensor } from '../../src/base/tensor.ts';
import type { PictureShape, Range } from './fill.ts';

/** One picture, several of an odd and not square size, several of the usual size. */
export type CaseName = 'single' | 'odd' | 'batch';

/** Shapes [N, C, H, W] of pictures by case. */
export type Cases = Readonly<Partial<Record<CaseName, PictureShape>>>;

/** A model's pictures, and the path of the module that is compared where it is not the whole model. */
type ModelCases = Cases & { readonly part?: string };

const cases = JSON.parse(readFileSync(new URL('./cases.json', import.meta.url), 'utf8')) as Readonly<Record<string, ModelCases>>;

/** What pictures a model is run on; models.py reads the same. A model for one size alone has no odd case. */
export function casesOf(model: string): Cases {
  const found = cases[model] ?? cases.torchvision;
  if (!found) throw new Error('cases.json has no cases for the models of torchvision');
  const { part: _part, ...shapes } = found;
  return shapes;
}

/** The path of the module that is compared; '' is the whole model. */
export function partOf(model: string): string {
  return cases[model]?.part ?? '';
}

/** The case whose features are compared. */
export function featureCaseOf(model: string): CaseName {
  return casesOf(model).odd ? 'odd' : 'batch';
}

/** One output of torch in float64: samples at evenly spread places, sums over all of it. */
export interface GoldenOutput {
  readonly shape: readonly number[];
  /** The largest difference of torch's float32 from its float64. */
  readonly gap: number;
  readonly scale: number;
  /** Root mean square of the distance from the mean over pictures. */
  readonly spread: number;
  readonly sum: number;
  readonly squares: number;
  readonly samples: readonly number[];
}

export type Golden = { readonly ranges: readonly Range[] } & {
  readonly [K in CaseName]?: Readonly<Record<string, GoldenOutput>>;
};

const folder = new URL('./goldens/', import.meta.url);

/** The models there are goldens for. */
export function goldenModels(): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));
}

export function readGolden(model: string): Golden {
  return JSON.parse(readFileSync(new URL(`${model}.json`, folder), 'utf8')) as Golden;
}

/** The paths of the modules whose results a golden has. */
export function featuresOf(golden: Golden): readonly string[] {
  return Object.keys(golden.batch ?? {}).filter((path) => path !== 'logits');
}

/** How many gaps of torch's own a result may be off. */
export const GAPS = 5;

export function toleranceOf(golden: Pick<GoldenOutput, 'gap'>): number {
  return GAPS * golden.gap;
}

/** The place of sample `i` of `kept` among `count` values. */
export function sampleAt(i: number, kept: number, count: number): number {
  return Math.floor(((2 * i + 1) * count) / (2 * kept));
}

export interface Verdict {
  /** The largest error in units of the tolerance: at most 1 is right. */
  readonly error: number;
  /** Spread over pictures in units of the tolerance; 0 for one picture. */
  readonly spread: number;
}

/** Samples, sum and sum of squares of a result against the golden's. */
export function judge(result: Tensor, golden: GoldenOutput): Verdict {
  if (result.shape.join() !== golden.shape.join()) return { error: Infinity, spread: 0 };
  const data = result.data as Float32Array;
  const tolerance = toleranceOf(golden);
  let error = 0;
  golden.samples.forEach((expected, i) => {
    const at = sampleAt(i, golden.samples.length, data.length);
    error = Math.max(error, Math.abs((data[at] as number) - expected) / tolerance);
  });
  let sum = 0;
  let squares = 0;
  for (const x of data) {
    sum += x;
    squares += x * x;
  }
  // Bounds that follow when every single value is within the tolerance.
  error = Math.max(error, Math.abs(sum - golden.sum) / (data.length * tolerance));
  error = Math.max(error, Math.abs(squares - golden.squares) / (2 * golden.scale * data.length * tolerance));
  return { error: Number.isNaN(error) ? Infinity : error, spread: spreadOf(result) / tolerance };
}

/** Root mean square, over a tensor, of its distance from the mean over pictures. */
export function spreadOf({ data, shape }: Tensor): number {
  const values = data as Float32Array;
  const pictures = shape[0] ?? 1;
  const size = values.length / pictures;
  let total = 0;
  for (let i = 0; i < size; i++) {
    let mean = 0;
    for (let n = 0; n < pictures; n++) mean += (values[n * size + i] as number) / pictures;
    for (let n = 0; n < pictures; n++) total += ((values[n * size + i] as number) - mean) ** 2;
  }
  return Math.sqrt(total / values.length);
}

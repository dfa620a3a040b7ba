/** How right a classifier is: top-1, top-5, per class, and which classes it takes for which. */
import { OcelliError } from '../base/errors.ts';

/** What a classifier got right, counted. Shares are between 0 and 1; those of no samples are NaN. */
export interface Metrics {
  readonly count: number;
  /** The mean cross-entropy; of a model that gives scores itself, of minus their logarithms. */
  readonly loss: number;
  readonly top1: number;
  /** Right within the five likeliest classes; 1 where there are five classes or fewer. */
  readonly top5: number;
  /** The share of right answers among the samples of each class. */
  readonly perClass: readonly number[];
  /** `confusion[truth][answer]`: how many samples. */
  readonly confusion: readonly (readonly number[])[];
}

/** Counts answers batch by batch. */
export class MetricsCounter {
  readonly #classes: number;
  readonly #kind: 'logits' | 'scores';
  readonly #confusion: number[][];
  #count = 0;
  #loss = 0;
  #top5 = 0;

  /** @param kind what the outputs are, see `Module.outputKind` */
  constructor(classes: number, kind: 'logits' | 'scores' = 'logits') {
    this.#classes = classes;
    this.#kind = kind;
    this.#confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  }

  /**
   * Counts one sample.
   * @param logits the network's outputs, from `offset` one for each class
   * @returns its cross-entropy, and the likeliest class with its score
   * @throws runtime when an output is no number
   */
  add(
    logits: Float32Array,
    offset: number,
    label: number,
  ): { readonly loss: number; readonly answer: number; readonly score: number } {
    const classes = this.#classes;
    let answer = 0;
    let above = 0;
    const own = logits[offset + label] as number;
    for (let i = 0; i < classes; i++) {
      const value = logits[offset + i] as number;
      if (Number.isNaN(value))
        throw new OcelliError('runtime', 'the network gave NaN; lower the learning rate or clip gradients');
      if (value > (logits[offset + answer] as number)) answer = i;
      if (value > own || (value === own && i < label)) above++;
    }
    const best = logits[offset + answer] as number;
    const whole = this.#kind === 'scores' ? 0 : logSumExp(logits, offset, classes);
    const loss = this.#kind === 'scores' ? -Math.log(Math.max(own, Number.MIN_VALUE)) : whole - own;
    this.#count++;
    this.#loss += loss;
    if (above < 5) this.#top5++;
    const row = this.#confusion[label] as number[];
    row[answer] = (row[answer] as number) + 1;
    return { loss, answer, score: this.#kind === 'scores' ? best : Math.exp(best - whole) };
  }

  get metrics(): Metrics {
    const count = this.#count;
    const right = this.#confusion.map((row, i) => row[i] as number);
    return {
      count,
      loss: this.#loss / count,
      top1: right.reduce((sum, n) => sum + n, 0) / count,
      top5: this.#top5 / count,
      perClass: this.#confusion.map((row, i) => (right[i] as number) / row.reduce((sum, n) => sum + n, 0)),
      confusion: this.#confusion.map((row) => [...row]),
    };
  }
}

/** log Σ e^x over `count` values, without overflow. */
export function logSumExp(values: Float32Array, offset: number, count: number): number {
  let most = -Infinity;
  for (let i = 0; i < count; i++) most = Math.max(most, values[offset + i] as number);
  if (!Number.isFinite(most)) return most;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.exp((values[offset + i] as number) - most);
  return most + Math.log(sum);
}

/** The times of a run: how fast it is, how long it waits for batches, and when it will be over. */
import type { Platform } from '../../platform/platform.ts';

/** Share of the newest step in the mean that tells the rate. */
const NEWEST = 0.1;

export class Clock {
  readonly #now: () => number;
  readonly #start: number;
  /** Seconds of the run's earlier parts. */
  readonly #before: number;
  #waited = 0;
  #trained = 0;
  #last: number;
  #checkpoint: number;
  /** Means, in milliseconds. */
  #step: number | undefined;
  #pictures = 0;
  #validation = 0;

  constructor(platform: Platform, secondsBefore: number) {
    this.#now = () => platform.now();
    this.#start = this.#last = this.#checkpoint = this.#now();
    this.#before = secondsBefore;
  }

  /** Seconds of the run, its earlier parts included. */
  seconds(): number {
    return this.#before + (this.#now() - this.#start) / 1000;
  }

  /** Times what training waits for. */
  async waiting<T>(body: () => Promise<T>): Promise<T> {
    const begin = this.#now();
    try {
      return await body();
    } finally {
      this.#last = begin;
      this.#waited += this.#now() - begin;
    }
  }

  /** A step is over; it began with the waiting for its batch. */
  stepped(pictures: number): void {
    const milliseconds = this.#now() - this.#last;
    this.#trained += milliseconds;
    this.#pictures = pictures;
    this.#step = this.#step === undefined ? milliseconds : this.#step + NEWEST * (milliseconds - this.#step);
  }

  validated(milliseconds: number): void {
    this.#validation = milliseconds;
  }

  checkpointed(): void {
    this.#checkpoint = this.#now();
  }

  /** Seconds. */
  sinceCheckpoint(): number {
    return (this.#now() - this.#checkpoint) / 1000;
  }

  picturesPerSecond(): number {
    return this.#step ? (1000 * this.#pictures) / this.#step : 0;
  }

  /** Of the time of steps, waiting included; 0 before the first. */
  waitingShare(): number {
    return this.#trained === 0 ? 0 : Math.min(1, this.#waited / this.#trained);
  }

  secondsLeft(steps: number, epochs: number): number | undefined {
    return this.#step === undefined ? undefined : (steps * this.#step + epochs * this.#validation) / 1000;
  }
}

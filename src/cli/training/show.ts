/** How a training shows itself: results on standard output, one moving line or now and then a plain one on standard error. */
import { freemem } from 'node:os';
import type { EpochEvent, TrainEvent } from '../../train/index.ts';
import type { Context } from '../context.ts';
import { bytes, count, duration, percent } from '../format.ts';

const REDRAW_MS = 100;
/** Between two plain lines, where there is no terminal. */
const PLAIN_MS = 15_000;

export class TrainingDisplay {
  readonly #context: Context;
  #drawn = 0;
  #line = false;

  constructor(context: Context) {
    this.#context = context;
  }

  show(event: TrainEvent): void {
    const context = this.#context;
    switch (event.type) {
      case 'start': {
        const { trainSamples, validationSamples, classes, trainedParameters, steps, step, epochs, memory } = event;
        context.print(`${trainSamples} pictures of ${many(classes.length, 'class', 'es')}, ${validationSamples} for validation`);
        const more = step > 0 ? `; goes on after step ${step}` : '';
        const length = `${many(epochs, 'epoch', 's')}, ${many(steps, 'step', 's')}`;
        context.print(`${count(trainedParameters)} parameters, ${length}, about ${bytes(memory.total)} of memory${more}`);
        const free = freeMemory();
        if (memory.total > free) context.note(context.colors.yellow(tooLittle(memory.total, free)));
        return;
      }
      case 'step': {
        const { step, steps, epoch, loss, picturesPerSecond, secondsLeft } = event;
        const left = secondsLeft === undefined ? '' : `  ${duration(secondsLeft * 1000)} left`;
        this.#move(
          `epoch ${epoch}  step ${step} of ${steps}  ${Math.floor((100 * step) / steps)} %  loss ${loss.toFixed(3)}  ${Math.round(picturesPerSecond)} pictures/s${left}`,
        );
        return;
      }
      case 'validation':
        this.#move(`validation  ${event.done} of ${event.count}`);
        return;
      case 'epoch':
        this.clear();
        context.print(epochLine(event));
        return;
      case 'checkpoint':
      case 'end':
        this.clear();
    }
  }

  /** Takes the moving line away. */
  clear(): void {
    if (this.#line) this.#context.io.stderr.write('\r\u001b[K');
    this.#line = false;
  }

  #move(text: string): void {
    const { stderr } = this.#context.io;
    const now = performance.now();
    if (now - this.#drawn < (stderr.isTTY ? REDRAW_MS : PLAIN_MS)) return;
    this.#drawn = now;
    if (!stderr.isTTY) {
      this.#context.note(text);
      return;
    }
    stderr.write(`\r${text.slice(0, Math.max(40, (stderr.columns ?? 80) - 1))}\u001b[K`);
    this.#line = true;
  }
}

/** Bytes that this process may still take: what its container leaves it, where Node can tell. */
function freeMemory(): number {
  const { availableMemory } = process as { availableMemory?: () => number };
  return availableMemory?.() ?? freemem();
}

function tooLittle(wanted: number, free: number): string {
  return (
    `ocelli: a step takes about ${bytes(wanted)} and ${bytes(free)} are free; --recompute, a smaller --size, ` +
    'or a smaller --batch with --accumulate take less'
  );
}

function many(number: number, one: string, plural: string): string {
  return `${number} ${one}${number === 1 ? '' : plural}`;
}

/** `epoch  3 of 10  loss 0.412  85.2 %  validation 0.398  86.1 %  best  12.3 s`. */
function epochLine({ epoch, epochs, train, validation, best, seconds }: EpochEvent): string {
  const number = `${epoch}`.padStart(`${epochs}`.length);
  const tried = validation ? `  validation ${validation.loss.toFixed(3)} ${percent(validation.top1).padStart(7)}` : '';
  const mark = validation && best ? '  best' : '';
  return `epoch ${number} of ${epochs}  loss ${train.loss.toFixed(3)} ${percent(train.top1).padStart(7)}${tried}  ${duration(seconds * 1000)}${mark}`;
}

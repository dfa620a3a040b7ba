/** One run of training: its state, its loop, and what it writes. */
import { OcelliError, throwIfAborted } from '../../base/errors.ts';
import { float32, type Tensor } from '../../base/tensor.ts';
import { type Batch, createLoader, type Loader } from '../../data/loader.ts';
import { namedParameters } from '../../nn/module.ts';
import { initialize } from '../../nn/state-dict.ts';
import { estimateMemory } from '../../program/memory-estimate.ts';
import type { TrainingProgram } from '../../program/training.ts';
import type { Evaluation } from '../evaluate.ts';
import { evaluate, logitsOf } from '../evaluate.ts';
import type { TrainEvent } from '../events.ts';
import type { Settings, Trainable } from '../options.ts';
import { Clock } from './clock.ts';
import { type EpochRecord, noProgress, noSums, type Progress, type Sums, thinned } from './progress.ts';
import { RunFolder } from './run-folder.ts';
import { carriedOver, compileStep, describeStep, headAlone } from './stepper.ts';

/** Wrong answers that a report shows. */
const MISTAKES = 24;

export class Run {
  readonly #model: Trainable;
  readonly #settings: Settings;
  readonly #loader: Loader;
  readonly #folder: RunFolder | undefined;
  readonly #clock: Clock;
  #program: TrainingProgram;
  #progress: Progress;
  /** The step of the newest checkpoint. */
  #saved: number;
  #evaluation: Evaluation | undefined;

  private constructor(
    model: Trainable,
    settings: Settings,
    parts: { loader: Loader; folder: RunFolder | undefined; program: TrainingProgram; progress: Progress },
  ) {
    this.#model = model;
    this.#settings = settings;
    this.#loader = parts.loader;
    this.#folder = parts.folder;
    this.#program = parts.program;
    this.#progress = parts.progress;
    this.#saved = parts.progress.step;
    this.#clock = new Clock(settings.platform, parts.progress.seconds);
  }

  /** Compiles the step and takes up the folder's checkpoint where that is wanted. @throws as `train` */
  static async start(model: Trainable, settings: Settings): Promise<Run> {
    const { data, batchSize, seed, platform, workers = 0, folder: path } = settings;
    initialize(model, { seed });
    const loader = createLoader(data.train, {
      batchSize,
      seed,
      shuffle: true,
      lastBatch: 'drop',
      transforms: data.transforms,
      platform,
      workers,
      ...(data.mix ? { mix: data.mix } : {}),
    });
    let program: TrainingProgram | undefined;
    try {
      const folder = path === undefined ? undefined : await RunFolder.open(path, settings);
      const resumed = await folder?.resumed();
      const progress = resumed?.state.progress ?? noProgress;
      if (resumed) putValues(model, resumed.tensors);
      // Between two epochs the checkpoint is still of the step that the finished one was trained with.
      const trained = progress.batch > 0 ? progress.epoch : Math.max(0, progress.epoch - 1);
      program = await compileStep(model, settings, loader.sampleShape, trained);
      if (folder) await folder.begin(describeStep(program), resumed);
      if (resumed) {
        await program.write(changedBy(program, resumed.tensors));
        program.stepCount = progress.step;
      }
      return new Run(model, settings, { loader, folder, program, progress });
    } catch (error) {
      await program?.dispose();
      await loader.dispose();
      throw error;
    }
  }

  get #stepsPerEpoch(): number {
    return this.#loader.length as number;
  }

  /** The run from where it is to its end. */
  async *events(): AsyncGenerator<TrainEvent, void, undefined> {
    const { epochs, data } = this.#settings;
    const { step, epoch: first } = this.#progress;
    yield {
      type: 'start',
      step,
      steps: epochs * this.#stepsPerEpoch,
      stepsPerEpoch: this.#stepsPerEpoch,
      epochs,
      trainedParameters: this.#trainedParameters(),
      memory: estimateMemory(this.#program.training),
      trainSamples: data.train.length,
      validationSamples: data.validation?.length ?? 0,
      classes: data.train.classes,
    };
    let early = first < epochs && this.#outOfPatience();
    for (let epoch = first; epoch < epochs && !early; epoch++) {
      if (epoch > 0 && headAlone(this.#settings, epoch - 1) && !headAlone(this.#settings, epoch) && this.#progress.batch === 0) {
        await this.#thaw(epoch);
      }
      yield* this.#trainEpoch(epoch);
      yield* this.#endEpoch(epoch);
      early = epoch + 1 < epochs && this.#outOfPatience();
    }
    yield* this.#end(early);
  }

  #trainedParameters(): number {
    return this.#program.training.state.reduce(
      (sum, { parameter }) => sum + (parameter?.kind === 'parameter' ? parameter.shape.reduce((a, b) => a * b, 1) : 0),
      0,
    );
  }

  #outOfPatience(): boolean {
    const { patience } = this.#settings;
    const { history, best } = this.#progress;
    return patience !== undefined && best !== undefined && history.length - best.epoch >= patience;
  }

  /** From the head's training to the whole model's. */
  async #thaw(epoch: number): Promise<void> {
    const state = await this.#program.read();
    await this.#program.updateModel();
    await this.#program.dispose();
    this.#program = await compileStep(this.#model, this.#settings, this.#loader.sampleShape, epoch);
    await this.#program.write(carriedOver(state, this.#program));
    this.#program.stepCount = this.#progress.step;
    await this.#folder?.begin(describeStep(this.#program));
  }

  async *#trainEpoch(epoch: number): AsyncGenerator<TrainEvent, void, undefined> {
    const { signal, checkpointSeconds } = this.#settings;
    const clock = this.#clock;
    const batches = this.#loader.epoch(epoch, { startAt: this.#progress.batch, ...(signal ? { signal } : {}) });
    for (;;) {
      const next = await clock.waiting(() => batches.next());
      if (next.done) return;
      try {
        yield await this.#step(next.value);
      } catch (error) {
        await batches.return(undefined);
        throw error;
      }
      if (this.#folder && clock.sinceCheckpoint() >= checkpointSeconds) {
        await this.save();
        yield { type: 'checkpoint', step: this.#progress.step };
      }
      throwIfAborted(signal, 'training');
    }
  }

  async #step(batch: Batch): Promise<TrainEvent> {
    const { scheduled, accumulate, batchSize, data, epochs } = this.#settings;
    const before = this.#progress;
    const learningRate = scheduled.at(Math.floor(before.step / accumulate));
    const labels = Array.from(batch.labels.data, Number);
    const { loss, gradientNorm, outputs } = await this.#program.step({
      input: batch.images,
      target: batch.targets ?? batch.labels,
      learningRate: float32([], [learningRate]),
    });
    batch.recycle();
    const step = before.step + 1;
    // A label that the model has no output for makes the loss NaN, so the outputs are looked at first.
    const logits = logitsOf(outputs.output, batchSize, data.train.classes.length);
    if (!Number.isFinite(loss)) throw this.#diverged(step, loss);
    const sums: Sums = {
      loss: before.sums.loss + loss * batchSize,
      right: before.sums.right + rightAnswers(logits, labels, data.train.classes.length),
      count: before.sums.count + batchSize,
    };
    const steps = epochs * this.#stepsPerEpoch;
    this.#clock.stepped(batchSize);
    this.#progress = {
      ...before,
      step,
      batch: before.batch + 1,
      sums,
      seconds: this.#clock.seconds(),
      losses: step % lossEvery(steps) === 0 ? thinned([...before.losses, [step / this.#stepsPerEpoch, loss]]) : before.losses,
    };
    const event = {
      type: 'step',
      step,
      steps,
      epoch: before.epoch + 1,
      loss,
      learningRate,
      ...(gradientNorm === undefined ? {} : { gradientNorm }),
      picturesPerSecond: this.#clock.picturesPerSecond(),
      waiting: this.#clock.waitingShare(),
      secondsLeft: this.#clock.secondsLeft(steps - step, epochs - before.epoch),
    } as const;
    this.#folder?.log.add({
      type: 'step',
      step,
      epoch: event.epoch,
      loss,
      learningRate,
      ...(gradientNorm === undefined ? {} : { gradientNorm }),
    });
    return event;
  }

  #diverged(step: number, loss: number): OcelliError {
    const where = this.#folder && this.#saved > 0 ? `; the last checkpoint is of step ${this.#saved}` : '';
    return new OcelliError(
      'runtime',
      `the loss became ${loss} at step ${step}: lower the learning rate, warm it up or clip gradients${where}`,
    );
  }

  async *#endEpoch(epoch: number): AsyncGenerator<TrainEvent, void, undefined> {
    const { scheduled, accumulate, epochs } = this.#settings;
    const { step, sums, history, best, seconds } = this.#progress;
    yield* this.#validate();
    const validation = this.#evaluation?.metrics;
    const record: EpochRecord = {
      epoch: epoch + 1,
      step,
      learningRate: scheduled.at(Math.floor((step - 1) / accumulate)),
      train: { loss: sums.loss / sums.count, top1: sums.right / sums.count },
      ...(validation ? { validation: { loss: validation.loss, top1: validation.top1, top5: validation.top5 } } : {}),
      seconds: seconds - history.reduce((sum, before) => sum + before.seconds, 0),
    };
    const top1 = (record.validation ?? record.train).top1;
    const better = best === undefined || top1 > best.top1;
    this.#progress = {
      ...this.#progress,
      epoch: epoch + 1,
      batch: 0,
      sums: noSums,
      history: [...history, record],
      ...(better ? { best: { epoch: epoch + 1, top1 } } : {}),
    };
    this.#folder?.log.add({ type: 'epoch', ...record });
    if (this.#folder) {
      if (better) await this.#folder.saveBest(this.#model, record);
      await this.save(true);
      await this.#folder.report(this.#progress, this.#evaluation);
      yield { type: 'checkpoint', step };
    }
    yield { type: 'epoch', ...record, epochs, best: better };
  }

  /** Puts the weights into the model and tries them. */
  async *#validate(): AsyncGenerator<TrainEvent, void, undefined> {
    const { data, runtime, platform, batchSize, evaluationTransforms, ema, signal, workers } = this.#settings;
    await this.#program.updateModel(ema ? { ema: true } : {});
    if (!data.validation) return;
    const seen: [number, number][] = [];
    let wake: () => void = () => undefined;
    const begin = platform.now();
    const left = new AbortController();
    const running = evaluate(this.#model, data.validation, {
      runtime,
      platform,
      transforms: evaluationTransforms,
      batchSize: Math.max(64, batchSize),
      mistakes: MISTAKES,
      onProgress: (done, count) => {
        seen.push([done, count]);
        wake();
      },
      ...(workers === undefined ? {} : { workers }),
      signal: signal ? AbortSignal.any([signal, left.signal]) : left.signal,
    });
    let over = false;
    const end = running
      .catch(() => undefined)
      .then(() => {
        over = true;
        wake();
      });
    try {
      while (!over || seen.length > 0) {
        const next = seen.shift();
        if (next) yield { type: 'validation', done: next[0], count: next[1] };
        else if (!over) await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      // A caller that leaves here does not leave a validation behind that still runs.
      left.abort();
      await end;
    }
    this.#evaluation = await running;
    this.#clock.validated(platform.now() - begin);
  }

  async *#end(early: boolean): AsyncGenerator<TrainEvent, void, undefined> {
    const { data } = this.#settings;
    // A run that was over when it was resumed has tried nothing yet.
    if (data.validation && !this.#evaluation) yield* this.#validate();
    else await this.#program.updateModel(this.#settings.ema ? { ema: true } : {});
    const { step, history, best, seconds } = this.#progress;
    await this.#folder?.report(this.#progress, this.#evaluation);
    yield {
      type: 'end',
      step,
      early,
      history,
      ...(best ? { best } : {}),
      ...(this.#evaluation ? { validation: this.#evaluation.metrics } : {}),
      mistakes: this.#evaluation?.mistakes ?? [],
      seconds,
      waiting: this.#clock.waitingShare(),
    };
  }

  /** Writes a checkpoint and the log, unless there is a checkpoint of this very step. @throws io */
  async save(always = false): Promise<void> {
    if (!this.#folder || (!always && this.#saved === this.#progress.step)) return;
    const tensors: Record<string, Tensor> = { ...(await this.#program.read()) };
    // What the step leaves as it is belongs to the model all the same.
    for (const [key, { value }] of namedParameters(this.#model)) if (value && !(key in tensors)) tensors[key] = value;
    await this.#folder.save(this.#progress, tensors);
    this.#saved = this.#progress.step;
    this.#clock.checkpointed();
  }

  async dispose(): Promise<void> {
    await this.#program.dispose();
    await this.#loader.dispose();
  }
}

/** Gives the model what a checkpoint has under its keys, where it fits: a training that differs is refused by its step. */
function putValues(model: Trainable, tensors: Readonly<Record<string, Tensor>>): void {
  for (const [key, parameter] of namedParameters(model)) {
    const tensor = tensors[key];
    if (tensor?.dtype === parameter.dtype && tensor.shape.join() === parameter.shape.join()) parameter.value = tensor;
  }
}

/** What of a checkpoint the step changes; the rest is the model's and stays as it is. */
function changedBy(program: TrainingProgram, tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const state = new Set(program.training.state.map(({ input }) => input));
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => state.has(name)));
}

function rightAnswers(logits: Float32Array, labels: readonly number[], classes: number): number {
  return labels.filter((label, i) => {
    const own = logits[i * classes + label] as number;
    for (let c = 0; c < classes; c++) {
      const value = logits[i * classes + c] as number;
      if (value > own || (value === own && c < label)) return false;
    }
    return true;
  }).length;
}

/** Every how many steps the report keeps a loss. */
function lossEvery(steps: number): number {
  return Math.max(1, Math.floor(steps / 500));
}

/** Epochs of batches, made ahead while the caller works on the one before. */
import { OcelliError } from '../base/errors.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import type { Threads } from '../platform/platform.ts';
import { BatchMaker, type BatchRequest, type MadeBatch } from './batch-maker.ts';
import type { ClipSample, Dataset, Sample, StreamDataset } from './dataset.ts';
import { type Engine, LocalEngine } from './engine.ts';
import { givenSamples } from './given-samples.ts';
import { checkLoader, checkWhole, type LoaderOptions, type LoaderSettings, makerSettings } from './loader-options.ts';
import { shareable } from './portable.ts';
import { requestsOf, streamRequests, withSamples } from './requests.ts';
import { ThreadEngine } from './thread-engine.ts';
import type { ThreadSource } from './thread-protocol.ts';
import { untilAborted } from './until-aborted.ts';

export type { LoaderOptions };

export interface EpochOptions {
  /** The first batch to give, counted from 0: batches from there on are those of the whole epoch. Default 0. */
  readonly startAt?: number;
  readonly signal?: AbortSignal;
}

/** A batch. Its tensors belong to the caller, who may feed them to a session that moves them away. */
export interface Batch {
  readonly epoch: number;
  /** Number of the batch in its epoch, from 0. */
  readonly index: number;
  /** [N, C, H, W], or [N, C, T, H, W] of clips. */
  readonly images: Tensor<'float32'>;
  /** [N], indices of classes. */
  readonly labels: Tensor<'int64'>;
  /** [N, classes]: how much of each class is in a picture; of loaders that mix. `labels` are those before mixing. */
  readonly targets?: Tensor<'float32'>;
  /** Which samples of the data set these are; for a stream, their place in it. */
  readonly indices: Uint32Array;
  /** Gives the pictures' memory back for another batch; the tensors must not be used afterwards. */
  recycle(): void;
}

export class Loader {
  readonly dataset: Dataset<Sample | ClipSample> | StreamDataset<Sample | ClipSample>;
  /** Batches in an epoch; undefined for a stream. */
  readonly length: number | undefined;
  /** [C, H, W] of a sample, or [C, T, H, W] of a clip. */
  readonly sampleShape: readonly number[];
  readonly #options: LoaderSettings;
  readonly #threads: Threads | undefined;
  readonly #maker: BatchMaker;
  #engine: Engine | undefined;

  /** @throws usage or shape for options that make no sense, or transforms that do not make all samples of one size */
  constructor(dataset: Dataset<Sample | ClipSample> | StreamDataset<Sample | ClipSample>, options: LoaderOptions) {
    const settings = checkLoader(options);
    const { batchSize, shuffle, lastBatch, workers } = settings;
    if (shuffle && !('length' in dataset)) {
      throw new OcelliError('usage', `loader: ${dataset.name} is a stream, which cannot be shuffled; shuffle where it is made`);
    }
    this.dataset = dataset;
    this.#options = settings;
    this.#threads = workers > 0 ? options.platform?.threads : undefined;
    this.#maker = new BatchMaker('length' in dataset ? dataset : givenSamples(dataset), makerSettings(settings));
    this.sampleShape = this.#maker.sampleShape;
    if ('length' in dataset) this.length = Math[lastBatch === 'keep' ? 'ceil' : 'floor'](dataset.length / batchSize);
  }

  /**
   * The batches of one epoch. The next ones are made while the caller works on one; leaving the loop stops that.
   * @throws usage for an epoch or start that does not exist
   * @throws aborted as soon as the signal fires
   * @throws the error of a sample, which names it, when its batch's turn comes
   */
  async *epoch(epoch: number, { startAt = 0, signal }: EpochOptions = {}): AsyncGenerator<Batch, void, undefined> {
    checkWhole('loader: epoch', epoch, 0);
    checkWhole('loader: startAt', startAt, 0);
    if (this.length !== undefined && startAt > this.length) {
      throw new OcelliError('usage', `loader: an epoch has ${this.length} batches, it cannot start at batch ${startAt}`);
    }
    const requests = this.#requests(epoch, startAt);
    const engine = this.#started();
    const over = new AbortController();
    const coming: Promise<Ready | undefined>[] = [];
    const ask = (): void => {
      const ready = nextOf(requests, engine, over.signal);
      ready.catch(() => undefined);
      coming.push(ready);
    };
    try {
      while (coming.length < this.#options.prefetch) ask();
      for (;;) {
        const ready = await untilAborted(coming.shift() as Promise<Ready | undefined>, signal, 'the epoch');
        if (ready === undefined) return;
        ask();
        yield batchOf(ready, this, engine);
      }
    } finally {
      over.abort();
      // Not waited for: a stream that gives nothing more would hold the caller.
      requests.return(undefined).catch(() => undefined);
    }
  }

  #requests(epoch: number, startAt: number): AsyncGenerator<BatchRequest, void, undefined> {
    const plan = { ...this.#options, epoch, startAt };
    if (!('length' in this.dataset)) return streamRequests(this.dataset, plan);
    const requests = requestsOf(this.dataset.length, plan);
    return this.#threads && !this.dataset.portable ? withSamples(requests, this.dataset) : requests;
  }

  #started(): Engine {
    if (this.#engine && !this.#engine.failed) return this.#engine;
    this.#engine = this.#threads ? this.#inThreads(this.#threads) : new LocalEngine(this.#maker);
    return this.#engine;
  }

  #inThreads(threads: Threads): Engine {
    const { name, classes, format } = this.dataset;
    const portable = 'length' in this.dataset ? this.dataset.portable : undefined;
    const source: ThreadSource = portable ? { dataset: shareable(portable, threads) } : { given: { name, classes, format } };
    return new ThreadEngine(threads, this.#options.workers, { start: { source, settings: makerSettings(this.#options) } });
  }

  /** Ends the threads that make batches. */
  async dispose(): Promise<void> {
    await this.#engine?.end();
    this.#engine = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

interface Ready {
  readonly request: BatchRequest;
  readonly made: MadeBatch;
}

async function nextOf(
  requests: AsyncGenerator<BatchRequest, void, undefined>,
  engine: Engine,
  signal: AbortSignal,
): Promise<Ready | undefined> {
  const next = await requests.next();
  if (next.done) return undefined;
  return { request: next.value, made: await engine.make(next.value, signal) };
}

function batchOf({ request, made }: Ready, { sampleShape, dataset }: Loader, engine: Engine): Batch {
  const classes = dataset.classes.length;
  const { epoch, index, indices } = request;
  let memory: ArrayBuffer | undefined = made.images.buffer;
  return {
    epoch,
    index,
    indices,
    images: tensor('float32', [indices.length, ...sampleShape], made.images),
    labels: tensor('int64', [indices.length], made.labels),
    ...(made.targets ? { targets: tensor('float32', [indices.length, classes], made.targets) } : {}),
    recycle: () => {
      // A session in a worker may have taken the memory.
      if (memory !== undefined && memory.byteLength > 0) engine.recycle(memory);
      memory = undefined;
    },
  };
}

/**
 * Batches of a data set or of a stream, for training and evaluation.
 * @throws usage for options that make no sense
 *
 * @example
 * const loader = createLoader(await fashionMnist({ platform }), { batchSize: 128, shuffle: true, seed: 1 });
 * for await (const { images, labels } of loader.epoch(0)) ...
 */
export function createLoader(
  dataset: Dataset<Sample | ClipSample> | StreamDataset<Sample | ClipSample>,
  options: LoaderOptions,
): Loader {
  return new Loader(dataset, options);
}

/** Makes batches: gets the samples, transforms each with the random stream of its own, and gathers them. */
import { OcelliError, throwIfAborted } from '../base/errors.ts';
import { RandomStream } from '../base/random-stream.ts';
import { tensor } from '../base/tensor.ts';
import type { Picture } from '../platform/image.ts';
import {
  type BatchTransform,
  type CompiledTransforms,
  checkBatchTransforms,
  compileTransforms,
  mixBatch,
  type Transform,
} from '../transforms/index.ts';
import { type ClipSample, checkLabel, type Dataset, type Sample, sampleError } from './dataset.ts';
import { batchKey, sampleKey } from './order.ts';

/** Which batch is to be made. */
export interface BatchRequest {
  readonly epoch: number;
  /** Number of the batch in the epoch. */
  readonly index: number;
  /** Its samples' indices. */
  readonly indices: Uint32Array;
  /** The samples themselves, where they do not come from a data set by index. */
  readonly samples?: readonly (Sample | ClipSample)[];
}

/** A batch as it crosses from a worker. */
export interface MadeBatch {
  readonly images: Float32Array<ArrayBuffer>;
  readonly labels: BigInt64Array<ArrayBuffer>;
  /** [N, classes] of mixed batches. */
  readonly targets?: Float32Array<ArrayBuffer>;
}

/** What a maker does to samples; plain data. */
export interface MakerSettings {
  readonly seed: number;
  readonly transforms: readonly Transform[];
  readonly mix: readonly BatchTransform[];
}

/** Where samples come from and what they are called. */
export type SampleSource = Pick<Dataset<Sample | ClipSample>, 'classes' | 'format' | 'get' | 'describe'>;

/** Samples asked for at once, so that decoders in other threads are kept busy. */
const AHEAD = 8;

/** Milliseconds after which other work of the thread gets its turn. */
const TURN = 8;

function framesOf(sample: Sample | ClipSample): readonly Picture[] {
  return 'frames' in sample ? sample.frames : [sample.picture];
}

export class BatchMaker {
  /** [C, H, W] of a sample, or [C, T, H, W] of a clip. */
  readonly sampleShape: readonly number[];
  readonly #source: SampleSource;
  readonly #seed: number;
  readonly #transforms: CompiledTransforms;
  readonly #mix: readonly BatchTransform[];
  #turnEnds = 0;

  /** @throws usage or shape for transforms that make no sense, or do not make all samples of one size */
  constructor(source: SampleSource, { seed, transforms, mix }: MakerSettings) {
    checkBatchTransforms(mix);
    const { channels, size, frames } = source.format;
    this.#source = source;
    this.#seed = seed;
    this.#mix = mix;
    this.#transforms = compileTransforms(transforms, size ? { channels, size } : { channels });
    const { channels: depth, height, width } = this.#transforms;
    this.sampleShape = frames === undefined ? [depth, height, width] : [depth, frames, height, width];
  }

  /**
   * @param memory an array to put the pictures into when it has the right length
   * @throws a sample's own error, with its name; aborted
   */
  async make(request: BatchRequest, memory?: ArrayBuffer, signal?: AbortSignal): Promise<MadeBatch> {
    const { indices, samples, epoch } = request;
    const length = indices.length * this.sampleShape.reduce((product, dim) => product * dim, 1);
    const images = new Float32Array(memory?.byteLength === length * 4 ? memory : new ArrayBuffer(length * 4));
    const labels = new BigInt64Array(indices.length);
    const coming: (Sample | ClipSample | Promise<Sample | ClipSample>)[] = [];
    const ask = (): void => {
      const at = coming.length;
      if (at >= indices.length) return;
      const sample = samples ? (samples[at] as Sample | ClipSample) : this.#get(indices[at] as number);
      if (sample instanceof Promise) sample.catch(() => undefined);
      coming.push(sample);
    };
    for (let i = 0; i < AHEAD; i++) ask();
    for (let at = 0; at < indices.length; at++) {
      if (performance.now() >= this.#turnEnds) await this.#yield();
      throwIfAborted(signal, 'making batches');
      const index = indices[at] as number;
      try {
        const next = coming[at] as Sample | ClipSample | Promise<Sample | ClipSample>;
        const sample = next instanceof Promise ? await next : next;
        ask();
        checkLabel(sample.label, this.#source.classes, 'the sample');
        labels[at] = BigInt(sample.label);
        this.#put(framesOf(sample), sampleKey(this.#seed, epoch, index), images, at);
      } catch (error) {
        throw sampleError(this.#source, index, error);
      }
    }
    if (this.#mix.length === 0) return { images, labels };
    const random = new RandomStream(batchKey(this.#seed, epoch, request.index));
    const batch = tensor('float32', [indices.length, ...this.sampleShape], images);
    const { data } = mixBatch(this.#mix, batch, labels, this.#source.classes.length, random);
    return { images, labels, targets: Float32Array.from(data) };
  }

  /** An error of the data set comes as a rejection, also where it is thrown at once. */
  #get(index: number): Sample | ClipSample | Promise<Sample | ClipSample> {
    try {
      return this.#source.get(index);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Every frame of a clip gets the same random stream, so that a clip is augmented as one. */
  #put(frames: readonly Picture[], key: number, images: Float32Array, at: number): void {
    const wanted = this.#source.format.frames;
    if (frames.length !== (wanted ?? 1)) {
      throw new OcelliError('shape', `it has ${frames.length} frames, ${wanted ?? 1} were expected`);
    }
    const { length } = this.#transforms;
    if (wanted === undefined) {
      this.#transforms.apply(frames[0] as Picture, new RandomStream(key), images, at * length);
      return;
    }
    const frame = new Float32Array(length);
    const plane = length / this.#transforms.channels;
    for (const [t, picture] of frames.entries()) {
      this.#transforms.apply(picture, new RandomStream(key), frame, 0);
      for (let channel = 0; channel < this.#transforms.channels; channel++) {
        const to = ((at * this.#transforms.channels + channel) * wanted + t) * plane;
        images.set(frame.subarray(channel * plane, (channel + 1) * plane), to);
      }
    }
  }

  /** Lets timers and messages of this thread pass. */
  async #yield(): Promise<void> {
    if (this.#turnEnds > 0) await new Promise((resolve) => setTimeout(resolve, 0));
    this.#turnEnds = performance.now() + TURN;
  }
}

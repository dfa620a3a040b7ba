/** Makes batches: gets the samples, transforms each with the random stream of its own, and gathers them. */
import { isOcelliError, messageOf, OcelliError, throwIfAborted } from '../base/errors.ts';
import { RandomStream } from '../base/random-stream.ts';
import type { Picture } from '../platform/image.ts';
import { type ClipSample, checkPicture, type Dataset, type Sample } from './dataset.ts';
import { sampleKey } from './order.ts';
import { type FloatPicture, toPlanes } from './to-tensor.ts';

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
  /** [N, C, H, W], or [N, C, T, H, W] of clips. */
  readonly shape: readonly number[];
  readonly images: Float32Array<ArrayBuffer>;
  readonly labels: BigInt64Array<ArrayBuffer>;
}

/** What a maker does to samples; plain data. */
export interface MakerSettings {
  readonly seed: number;
}

/** Where samples come from and what they are called. */
export type SampleSource = Pick<Dataset<Sample | ClipSample>, 'get' | 'describe'>;

/** Samples asked for at once, so that decoders in other threads are kept busy. */
const AHEAD = 8;

/** Milliseconds after which other work of the thread gets its turn. */
const TURN = 8;

function framesOf(sample: Sample | ClipSample): readonly Picture[] {
  return 'frames' in sample ? sample.frames : [sample.picture];
}

export class BatchMaker {
  readonly #source: SampleSource;
  readonly #settings: MakerSettings;
  #turnEnds = 0;

  constructor(source: SampleSource, settings: MakerSettings) {
    this.#source = source;
    this.#settings = settings;
  }

  /**
   * @param memory an array to put the pictures into when it is large enough
   * @throws the sample's own error, with its name; aborted
   */
  async make(request: BatchRequest, memory?: ArrayBuffer, signal?: AbortSignal): Promise<MadeBatch> {
    const { indices, samples } = request;
    const coming: (Sample | ClipSample | Promise<Sample | ClipSample>)[] = [];
    const ask = (): void => {
      const at = coming.length;
      if (at >= indices.length) return;
      coming.push(samples ? (samples[at] as Sample | ClipSample) : this.#ask(indices[at] as number));
    };
    for (let i = 0; i < AHEAD; i++) ask();
    let gathered: Gathered | undefined;
    for (let at = 0; at < indices.length; at++) {
      await this.#yield();
      throwIfAborted(signal, 'making batches');
      const sample = await (coming[at] as Sample | ClipSample | Promise<Sample | ClipSample>);
      ask();
      try {
        const planes = framesOf(sample).map((frame) => this.#transform(frame, request, indices[at] as number));
        gathered ??= new Gathered(indices.length, planes, 'frames' in sample, memory);
        gathered.put(at, planes, sample.label);
      } catch (error) {
        throw this.#named(error, indices[at] as number);
      }
    }
    if (gathered === undefined) throw new OcelliError('internal', 'a batch without samples was asked for');
    return gathered.batch();
  }

  async #ask(index: number): Promise<Sample | ClipSample> {
    try {
      return await this.#source.get(index);
    } catch (error) {
      throw this.#named(error, index);
    }
  }

  /** Every frame of a clip gets the same random stream, so that a clip is augmented as one. */
  #transform(picture: Picture, { epoch }: BatchRequest, index: number): FloatPicture {
    checkPicture(picture, 'the sample');
    new RandomStream(sampleKey(this.#settings.seed, epoch, index));
    return toPlanes(picture);
  }

  #named(error: unknown, index: number): OcelliError {
    const name = this.#source.describe(index);
    const message = messageOf(error);
    return new OcelliError(
      isOcelliError(error) ? error.code : 'format',
      message.includes(name) ? message : `${name}: ${message}`,
      {
        cause: error,
      },
    );
  }

  /** Lets timers and messages of this thread pass, now and then. */
  async #yield(): Promise<void> {
    const now = performance.now();
    if (now < this.#turnEnds) return;
    if (this.#turnEnds > 0) await new Promise((resolve) => setTimeout(resolve, 0));
    this.#turnEnds = performance.now() + TURN;
  }
}

/** A batch in the making. */
class Gathered {
  readonly #shape: readonly number[];
  readonly #images: Float32Array<ArrayBuffer>;
  readonly #labels: BigInt64Array<ArrayBuffer>;

  constructor(count: number, planes: readonly FloatPicture[], clip: boolean, memory: ArrayBuffer | undefined) {
    const { channels, height, width } = planes[0] as FloatPicture;
    this.#shape = clip ? [count, channels, planes.length, height, width] : [count, channels, height, width];
    const length = this.#shape.reduce((product, dim) => product * dim, 1);
    const fits = memory !== undefined && memory.byteLength === length * 4;
    this.#images = fits ? new Float32Array(memory) : new Float32Array(length);
    this.#labels = new BigInt64Array(count);
  }

  /** @throws shape for a sample that is of another size than the first */
  put(at: number, planes: readonly FloatPicture[], label: number): void {
    const [, channels, ...rest] = this.#shape as [number, number, ...number[]];
    const [height, width] = rest.slice(-2) as [number, number];
    const frames = rest.length === 3 ? (rest[0] as number) : 1;
    const plane = height * width;
    for (const [frame, picture] of planes.entries()) {
      const same = picture.channels === channels && picture.height === height && picture.width === width;
      if (!same || planes.length !== frames) {
        const came = `${planes.length > 1 || frames > 1 ? `${planes.length} frames of ` : ''}${picture.channels}x${picture.height}x${picture.width}`;
        throw new OcelliError(
          'shape',
          `it became ${came}, the batch's first sample [${this.#shape.slice(1).join(', ')}]; resize or crop all to one size`,
        );
      }
      for (let channel = 0; channel < channels; channel++) {
        const values = picture.data.subarray(channel * plane, (channel + 1) * plane);
        this.#images.set(values, ((at * channels + channel) * frames + frame) * plane);
      }
    }
    this.#labels[at] = BigInt(label);
  }

  batch(): MadeBatch {
    return { shape: this.#shape, images: this.#images, labels: this.#labels };
  }
}

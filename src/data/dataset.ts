/** What a data set is: samples by number, with class names; or a stream of samples that has no length. */
import { isOcelliError, messageOf, OcelliError } from '../base/errors.ts';
import type { Picture } from '../platform/image.ts';
import type { PortableDataset } from './descriptions.ts';

/** A picture and its class. Pictures may be views of the data set's own memory: nobody writes into them. */
export interface Sample {
  readonly picture: Picture;
  /** Index into the data set's `classes`. */
  readonly label: number;
}

/** A short clip and its class; all frames have one size. */
export interface ClipSample {
  readonly frames: readonly Picture[];
  /** Index into the data set's `classes`. */
  readonly label: number;
}

/** What all pictures of a data set have in common. */
export interface PictureFormat {
  /** 1 is gray, 3 is RGB. */
  readonly channels: 1 | 3;
  /** Absent where it differs from picture to picture. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Frames of each clip; absent for pictures. */
  readonly frames?: number;
}

/** Samples by number. */
export interface Dataset<S extends Sample | ClipSample = Sample> {
  /** For messages: "Fashion-MNIST train", a folder's path. */
  readonly name: string;
  /** How many samples there are. */
  readonly length: number;
  /** Class names; labels index them. */
  readonly classes: readonly string[];
  readonly format: PictureFormat;
  /** The class of sample `index`, known without making its picture. @throws usage for an index that is not in 0..length-1 */
  label(index: number): number;
  /** Sample `index`; the same one at every call. @throws usage for an index that is not in 0..length-1 */
  get(index: number): S | Promise<S>;
  /** What sample `index` is called in messages: `train/cat/0012.jpg`, `Fashion-MNIST train, sample 12`. */
  describe(index: number): string;
  /** How a worker thread makes this data set anew; without it, samples are made in the caller's thread. */
  readonly portable?: PortableDataset;
}

/** Samples one after the other; every `samples()` begins anew. */
export interface StreamDataset<S extends Sample | ClipSample = Sample> {
  readonly name: string;
  readonly classes: readonly string[];
  readonly format: PictureFormat;
  samples(): AsyncIterable<S> | Iterable<S>;
}

/** @throws usage for an index that is no sample's */
export function checkIndex(dataset: Pick<Dataset, 'name' | 'length'>, index: number): void {
  if (Number.isInteger(index) && index >= 0 && index < dataset.length) return;
  throw new OcelliError(
    'usage',
    `${dataset.name}: there is no sample ${index}; it has ${dataset.length} samples, counted from 0`,
  );
}

/** An error about a sample, with the sample's name. */
export function sampleError(dataset: Pick<Dataset, 'describe'>, index: number, error: unknown): OcelliError {
  const name = dataset.describe(index);
  const message = messageOf(error);
  const text = message.includes(name) ? message : `${name}: ${message}`;
  return new OcelliError(isOcelliError(error) ? error.code : 'format', text, { cause: error });
}

/** @throws format for a label that names no class */
export function checkLabel(label: number, classes: readonly string[], what: string): void {
  if (Number.isInteger(label) && label >= 0 && label < classes.length) return;
  throw new OcelliError('format', `${what} has label ${label}, but there are ${classes.length} classes, counted from 0`);
}

/** @throws shape for a picture whose data does not have its size */
export function checkPicture(picture: Picture, what: string): void {
  const { width, height, channels, data } = picture;
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (whole && (channels === 1 || channels === 3) && data.length === width * height * channels) return;
  throw new OcelliError(
    'shape',
    `${what}: a picture of ${width}x${height} with ${channels} channels needs ${width * height * channels} bytes, ${data.length} came; channels are 1 or 3`,
  );
}

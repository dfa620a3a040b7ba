/** What every transform of a list is made of: its options' checks, what it does to a picture's format, and the work itself. */
import type { RandomStream } from '../../base/random-stream.ts';
import type { Picture } from '../../platform/image.ts';
import type { Size } from '../geometry.ts';

/** What is known of a picture before it comes. */
export interface Format {
  readonly channels: 1 | 3;
  /** Absent where it differs from picture to picture. */
  readonly size?: Size;
}

/** A picture made from a picture. Never writes into the one that came; may give it back. */
export type PictureStep = (picture: Picture, random: RandomStream) => Picture;

/** Changes the [C, H, W] numbers at `offset` in place. */
export type TensorStep = (values: Float32Array, offset: number, random: RandomStream) => void;

/** A transform of 8-bit pictures with options `T`. */
export interface PictureRule<T> {
  readonly stage: 'picture';
  /** The options it takes, besides `kind`. */
  readonly keys: readonly string[];
  /** `what` names the transform in errors. @throws usage or shape for options that make no sense */
  plan(options: T, before: Format, what: string): { readonly after: Format; readonly step: PictureStep };
}

/** A transform of float32 [C, H, W] with options `T`. */
export interface TensorRule<T> {
  readonly stage: 'tensor';
  readonly keys: readonly string[];
  plan(options: T, shape: TensorShape, what: string): TensorStep;
}

/** [C, H, W] of a sample. */
export interface TensorShape extends Size {
  readonly channels: 1 | 3;
}

/** Data sets as plain data that can be cloned to another thread. */
import type { ClipsOptions, ShapesOptions } from './shapes/options.ts';

/** Pictures of one size, interleaved channels, and their labels. */
export interface PackedPictures {
  readonly name: string;
  readonly classes: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** `labels.length * width * height * channels` bytes. */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array | Uint16Array;
}

/** Picture files in folders. */
export interface PictureFiles {
  readonly name: string;
  readonly classes: readonly string[];
  /** The folder that the paths begin in. */
  readonly root: string;
  readonly paths: readonly string[];
  readonly labels: Uint16Array;
}

/** The files of an archive, one after the other in memory. */
export interface EncodedPictures {
  readonly name: string;
  readonly classes: readonly string[];
  /** The archive's path, for messages. */
  readonly archive: string;
  readonly paths: readonly string[];
  readonly labels: Uint16Array;
  readonly bytes: Uint8Array;
  /** Where each file ends in `bytes`; it begins where the one before ends. */
  readonly ends: Float64Array;
}

/** What a worker thread makes a data set from; see `openPortable`. */
export type PortableDataset =
  | ({ readonly kind: 'packed' } & PackedPictures)
  | ({ readonly kind: 'files' } & PictureFiles)
  | ({ readonly kind: 'encoded' } & EncodedPictures)
  | { readonly kind: 'shapes'; readonly options: ShapesOptions }
  | { readonly kind: 'shapeClips'; readonly options: ClipsOptions }
  | { readonly kind: 'subset'; readonly of: PortableDataset; readonly indices: Uint32Array; readonly name: string };

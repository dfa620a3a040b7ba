/** Data sets as plain data that can be cloned to another thread. */
import type { ShapesOptions } from './shapes/options.ts';

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

/** What a worker thread makes a data set from; see `openPortable`. */
export type PortableDataset =
  | ({ readonly kind: 'packed' } & PackedPictures)
  | { readonly kind: 'shapes'; readonly options: ShapesOptions }
  | { readonly kind: 'subset'; readonly of: PortableDataset; readonly indices: Uint32Array; readonly name: string };

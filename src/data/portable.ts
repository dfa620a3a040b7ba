/** Data sets as plain data that crosses to a worker thread, and data sets from it. */
import type { Platform } from '../platform/platform.ts';
import type { Dataset } from './dataset.ts';
import { type PackedPictures, packedDataset } from './packed.ts';
import type { ShapesOptions } from './shapes/options.ts';
import { shapes } from './shapes/shapes.ts';
import { subset } from './subset.ts';

/** A data set's description; all of it can be cloned to another thread. */
export type PortableDataset =
  | ({ readonly kind: 'packed' } & PackedPictures)
  | { readonly kind: 'shapes'; readonly options: ShapesOptions }
  | { readonly kind: 'subset'; readonly of: PortableDataset; readonly indices: Uint32Array; readonly name: string };

/** The data set that was described. */
export function openPortable(portable: PortableDataset, platform: Platform): Dataset {
  switch (portable.kind) {
    case 'packed':
      return packedDataset(portable);
    case 'shapes':
      return shapes(portable.options);
    case 'subset':
      return subset(openPortable(portable.of, platform), portable.indices, portable.name);
  }
}

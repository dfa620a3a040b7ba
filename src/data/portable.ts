/** Descriptions of data sets, made ready for other threads, and data sets from them. */
import type { Platform, Threads } from '../platform/platform.ts';
import type { ClipSample, Dataset, Sample } from './dataset.ts';
import { encodedDataset, fileDataset } from './decoded.ts';
import type { PortableDataset } from './descriptions.ts';
import { packedDataset } from './packed.ts';
import { shapeClips } from './shapes/clips.ts';
import { shapes } from './shapes/shapes.ts';
import { subset } from './subset.ts';

/** The same description with big arrays in memory that threads see, copied there once where they are not. */
export function shareable(portable: PortableDataset, threads: Threads): PortableDataset {
  const shared = (bytes: Uint8Array): Uint8Array => {
    if (!(bytes.buffer instanceof ArrayBuffer)) return bytes;
    const memory = threads.memory(bytes.length);
    memory.set(bytes);
    return memory;
  };
  switch (portable.kind) {
    case 'packed':
      return { ...portable, pixels: shared(portable.pixels) };
    case 'encoded':
      return { ...portable, bytes: shared(portable.bytes) };
    case 'subset':
      return { ...portable, of: shareable(portable.of, threads) };
    default:
      return portable;
  }
}

/** The data set that was described. */
export function openPortable(portable: PortableDataset, platform: Platform): Dataset<Sample | ClipSample> {
  switch (portable.kind) {
    case 'packed':
      return packedDataset(portable);
    case 'files':
      return fileDataset(portable, platform);
    case 'encoded':
      return encodedDataset(portable, platform);
    case 'shapes':
      return shapes(portable.options);
    case 'shapeClips':
      return shapeClips(portable.options);
    case 'subset':
      return subset(openPortable(portable.of, platform), portable.indices, portable.name);
  }
}

/** Data sets from their descriptions. */
import type { Platform } from '../platform/platform.ts';
import type { ClipSample, Dataset, Sample } from './dataset.ts';
import { encodedDataset, fileDataset } from './decoded.ts';
import type { PortableDataset } from './descriptions.ts';
import { packedDataset } from './packed.ts';
import { shapeClips } from './shapes/clips.ts';
import { shapes } from './shapes/shapes.ts';
import { subset } from './subset.ts';

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

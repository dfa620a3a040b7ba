/** Samples that come with the requests: of streams, and of data sets that cannot go to another thread. */
import { OcelliError } from '../base/errors.ts';
import type { SampleSource } from './batch-maker.ts';

/** A source whose samples are never asked for by number. */
export function givenSamples(of: Pick<SampleSource, 'classes' | 'format'> & { readonly name: string }): SampleSource {
  return {
    classes: of.classes,
    format: of.format,
    get: () => Promise.reject(new OcelliError('internal', `${of.name} has no samples by number`)),
    describe: (index) => `${of.name}, sample ${index}`,
  };
}

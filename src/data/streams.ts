/** Data sets that come one sample after the other, from anything that can be iterated. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import type { ClipSample, PictureFormat, Sample, StreamDataset } from './dataset.ts';

export interface StreamOptions {
  readonly classes: readonly string[];
  readonly format: PictureFormat;
  /** For messages; default "stream". */
  readonly name?: string;
}

/**
 * A data set without length. The loader reads it once an epoch, in its order, and asks for no more than it makes ahead.
 * @param start begins anew: called once an epoch; each call must give the same samples for a run to be resumable
 * @throws usage for options that make no sense
 *
 * @example
 * const set = streamDataset(() => frames(camera), { classes: ['open', 'closed'], format: { channels: 3 } });
 */
export function streamDataset<S extends Sample | ClipSample>(
  start: () => AsyncIterable<S> | Iterable<S>,
  options: StreamOptions,
): StreamDataset<S> {
  checkKeys('streamDataset', options, ['classes', 'format', 'name']);
  const { classes, format, name = 'stream' } = options;
  if (typeof start !== 'function') {
    throw new OcelliError('usage', 'streamDataset needs a function that begins the stream, as every epoch reads it anew');
  }
  return { name, classes, format, samples: start };
}

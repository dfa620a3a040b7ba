/** The messages between a loader and its threads. */
import type { ErrorCode } from '../base/errors.ts';
import type { BatchRequest, MadeBatch, MakerSettings, SampleSource } from './batch-maker.ts';
import type { PortableDataset } from './descriptions.ts';

/** What a thread's maker makes batches of: a data set of its own, or samples that come with the requests. */
export type ThreadSource =
  | { readonly dataset: PortableDataset }
  | { readonly given: Pick<SampleSource, 'classes' | 'format'> & { readonly name: string } };

export type ToThread =
  | { readonly start: { readonly source: ThreadSource; readonly settings: MakerSettings } }
  | { readonly id: number; readonly request: BatchRequest; readonly memory: ArrayBuffer | undefined }
  /** That batch is not wanted any more. */
  | { readonly drop: number };

export type FromThread =
  | { readonly id: number; readonly made: MadeBatch }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly message: string } };

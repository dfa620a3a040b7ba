/** Pictures through a classifier, batch by batch: the next batch is decoded while one runs. */
import { messageOf, throwIfAborted } from '../base/errors.ts';
import type { RgbImage } from '../platform/image.ts';
import type { Platform } from '../platform/platform.ts';
import type { Classification, Classifier } from '../tasks/classifier.ts';
import type { PictureSource } from './pictures.ts';

/** What became of a picture: its answers, or why there are none. */
export type Answer =
  | { readonly file: string; readonly top: readonly Classification[] }
  | { readonly file: string; readonly error: string };

export interface AnswerOptions {
  readonly top: number;
  /** Pictures in a batch. */
  readonly batch: number;
  readonly signal: AbortSignal;
}

/** A batch of pictures, each decoded or refused. */
export type Decoded = readonly { readonly file: string; readonly image: RgbImage | string }[];

/** Decodes one batch; a picture that cannot be read becomes the sentence that says why. */
export async function decodeBatch(sources: readonly PictureSource[], platform: Platform, signal: AbortSignal): Promise<Decoded> {
  const decoded = Promise.all(
    sources.map(async (source) => {
      try {
        return { file: source.file, image: await platform.decodeImage(await source.read()) };
      } catch (error) {
        return { file: source.file, image: messageOf(error) };
      }
    }),
  );
  return await orNothing(decoded, signal);
}

/** Nothing decoded when the signal comes first: a pipe that gives no picture cannot be waited for then. */
async function orNothing(decoded: Promise<Decoded>, signal: AbortSignal): Promise<Decoded> {
  if (signal.aborted) return [];
  let stop = (): void => undefined;
  const aborted = new Promise<Decoded>((resolve) => {
    stop = () => resolve([]);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([decoded, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Answers every picture, in order.
 * @param first the first batch, whose decoding may have begun while the model was loading
 */
export async function* answerAll(
  sources: readonly PictureSource[],
  first: Promise<Decoded>,
  classifier: Classifier,
  platform: Platform,
  options: AnswerOptions,
): AsyncGenerator<Answer> {
  for await (const batch of decodedBatches(sources, first, platform, options))
    yield* await answerBatch(batch, classifier, options);
}

/**
 * All pictures batch by batch, in order.
 * @param first the first batch, whose decoding may have begun
 */
export async function* decodedBatches(
  sources: readonly PictureSource[],
  first: Promise<Decoded>,
  platform: Platform,
  { batch, signal }: Pick<AnswerOptions, 'batch' | 'signal'>,
): AsyncGenerator<Decoded> {
  let next: Promise<Decoded> = first;
  for (let start = 0; start < sources.length; start += batch) {
    const decoded = await next;
    throwIfAborted(signal, 'looking at pictures');
    const end = start + batch;
    next = decodeBatch(sources.slice(end, end + batch), platform, signal);
    yield decoded;
  }
}

async function answerBatch(batch: Decoded, classifier: Classifier, { top, signal }: AnswerOptions): Promise<Answer[]> {
  const images = batch.map(({ image }) => image).filter((image) => typeof image !== 'string');
  const answers = (await classifier.classify(images, { top, signal })).values();
  return batch.map(({ file, image }) =>
    typeof image === 'string' ? { file, error: image } : { file, top: answers.next().value ?? [] },
  );
}

/** How many pictures are in the first batch, for who begins to decode it early. */
export function firstBatch(
  sources: readonly PictureSource[],
  batch: number,
  platform: Platform,
  signal: AbortSignal,
): Promise<Decoded> {
  return decodeBatch(sources.slice(0, batch), platform, signal);
}

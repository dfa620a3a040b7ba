/** Pictures through a model to their embeddings, batch by batch. */
import type { Platform } from '../../platform/platform.ts';
import type { Classifier } from '../../tasks/classifier.ts';
import { decodedBatches, firstBatch } from '../answers.ts';
import type { Context } from '../context.ts';
import type { PictureSource } from '../pictures.ts';
import { counter } from '../progress.ts';

/** What became of a picture: its embedding, or why there is none. */
export type Embedded =
  | { readonly file: string; readonly embedding: Float32Array }
  | { readonly file: string; readonly error: string };

/** Embeds every picture, in order, with the count on standard error. */
export async function* embedPictures(
  sources: readonly PictureSource[],
  classifier: Classifier,
  batch: number,
  platform: Platform,
  context: Context,
): AsyncGenerator<Embedded> {
  const { signal } = context;
  const first = firstBatch(sources, batch, platform, signal);
  const count = counter(context);
  let done = 0;
  for await (const decoded of decodedBatches(sources, first, platform, { batch, signal })) {
    const images = decoded.map(({ image }) => image).filter((image) => typeof image !== 'string');
    const embeddings = (await classifier.embed(images, { signal })).values();
    done += decoded.length;
    count(done, sources.length);
    for (const { file, image } of decoded) {
      yield typeof image === 'string'
        ? { file, error: image }
        : { file, embedding: embeddings.next().value ?? new Float32Array() };
    }
  }
}

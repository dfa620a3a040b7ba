/** `ocelli embed`: the embeddings of pictures, in a file. */
import { OcelliError } from '../../base/errors.ts';
import { type ChosenModel, chooseModel, type ModelFlags, openChosen, startRuntime } from '../chosen-model.ts';
import type { Context } from '../context.ts';
import { type Embedded, embedPictures } from '../embeddings/embed-pictures.ts';
import { isEmbeddingsName, writeEmbeddings } from '../embeddings/file.ts';
import { type Outcome, oneLine, visible } from '../outcome.ts';
import { findPictures } from '../pictures.ts';

export interface EmbedOptions extends ModelFlags {
  readonly output?: string;
  readonly batch: number;
  readonly json?: boolean;
}

export async function embed(args: readonly string[], options: EmbedOptions, context: Context): Promise<Outcome> {
  const { output, batch, json = false } = options;
  if (output === undefined && !json) throw new OcelliError('usage', 'say where to: --output FILE.safetensors, or --json');
  if (output !== undefined && !isEmbeddingsName(output)) {
    throw new OcelliError('usage', `"${output}": name the output FILE.safetensors`);
  }
  const platform = await context.platform();
  const chosen = await chooseModel(options, platform);
  const sources = await findPictures(args, context);
  // Made now, so that a place that cannot be written to is told before the work.
  const sink = output === undefined ? undefined : await platform.files.create(output);
  try {
    await using runtime = await startRuntime(true);
    await using classifier = await openChosen(chosen, { runtime, batch, labels: chosen.classes }, context);
    const all: Embedded[] = [];
    for await (const embedded of embedPictures(sources, classifier, batch, platform, context)) {
      all.push(embedded);
      if ('error' in embedded && !json) noteFailure(embedded, context);
    }
    const made = all.flatMap((one) => ('embedding' in one ? [one] : []));
    if (sink && made.length === 0) {
      throw new OcelliError('io', `no picture could be embedded, so ${output} is not written`);
    }
    if (sink) {
      const size = classifier.embeddingSize as number;
      const values = new Float32Array(made.length * size);
      for (const [i, { embedding }] of made.entries()) values.set(embedding, i * size);
      await writeEmbeddings(sink, {
        ...about(chosen),
        files: made.map(({ file }) => file),
        values,
        size,
        preset: classifier.preset,
      });
      if (!json) context.print(`${output}  ${made.length} picture${made.length === 1 ? '' : 's'}, ${size} numbers each`);
    }
    if (json) context.print(JSON.stringify(all.map(forJson)));
    return made.length < all.length ? 1 : 0;
  } finally {
    await sink?.discard();
  }
}

const about = ({ model, weights, numClasses }: ChosenModel) => ({ model, weights, numClasses });

/** A picture that has no embedding, on standard error. */
export function noteFailure({ file, error }: { readonly file: string; readonly error: string }, context: Context): void {
  context.note(`ocelli: ${visible(error.includes(file) ? '' : `${file}: `)}${oneLine(error)}`);
}

function forJson(one: Embedded): object {
  return 'error' in one ? { file: one.file, error: oneLine(one.error) } : { file: one.file, embedding: [...one.embedding] };
}

/** `ocelli similar`: the pictures that are most like another. */
import { realpath } from 'node:fs/promises';
import { OcelliError, throwIfAborted } from '../../base/errors.ts';
import type { Picture, RgbImage } from '../../platform/image.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Classifier } from '../../tasks/classifier.ts';
import { writeText } from '../../train/run/text-files.ts';
import { decodeBatch } from '../answers.ts';
import { type ChosenModel, chooseModel, type ModelFlags, openChosen, startRuntime } from '../chosen-model.ts';
import type { Context } from '../context.ts';
import { embedPictures } from '../embeddings/embed-pictures.ts';
import { type EmbeddingsFile, isEmbeddingsName, readEmbeddings } from '../embeddings/file.ts';
import { cosine, type Neighbour, nearest } from '../embeddings/nearest.ts';
import { similarPage } from '../embeddings/page.ts';
import { cut } from '../format.ts';
import { type Outcome, oneLine, visible } from '../outcome.ts';
import { findPictures, type PictureSource } from '../pictures.ts';
import { noteFailure } from './embed.ts';

export interface SimilarOptions extends ModelFlags {
  readonly top: number;
  readonly batch: number;
  readonly page?: string;
  readonly json?: boolean;
}

/** All pictures but the one that was asked about, each with its cosine or why it has none. */
type Compared = Neighbour | { readonly file: string; readonly error: string };

export async function similar(
  asked: string,
  among: readonly string[],
  options: SimilarOptions,
  context: Context,
): Promise<Outcome> {
  const { top, batch, page, json = false } = options;
  if (page !== undefined && !/\.html?$/i.test(page)) throw new OcelliError('usage', `"${page}": name the page FILE.html`);
  const platform = await context.platform();
  const [only] = among;
  const file = among.length > 1 ? among.find(isEmbeddingsName) : undefined;
  if (file !== undefined)
    throw new OcelliError('usage', `${file}: a file of embeddings stands alone; name it by itself, or pictures`);
  const stored =
    among.length === 1 && only !== undefined && isEmbeddingsName(only) ? await readEmbeddings(only, platform) : undefined;
  const chosen = stored ? chosenBy(stored, only as string, options) : await chooseModel(options, platform);
  const [query, ...more] = await findPictures([asked], context);
  if (query === undefined || more.length > 0) throw new OcelliError('usage', `"${asked}": name one picture to compare with`);
  const sources = stored ? [] : await otherThan(query.file, await findPictures(among, context));
  await using runtime = await startRuntime(true);
  await using classifier = await openChosen(chosen, { runtime, batch, labels: undefined }, context);
  const image = await readQuery(query, platform, context);
  const vector = await classifier.embed(image, { signal: context.signal });
  const compared = stored
    ? await compareStored(vector, query.file, stored)
    : await compareWith(vector, sources, { classifier, batch, platform, context });
  const found = nearest(
    compared.flatMap((one) => ('cosine' in one ? [one] : [])),
    top,
  );
  const failures = compared.flatMap((one) => ('error' in one ? [one] : []));
  if (found.length === 0) {
    const [first] = failures;
    throw new OcelliError('io', `there is no picture to compare ${asked} with${first ? `: ${first.error}` : ''}`);
  }
  for (const failure of failures) if (!json) noteFailure(failure, context);
  if (page !== undefined) {
    const count = compared.length - failures.length;
    await writePage(
      page,
      { query: { file: query.file, picture: shown(image) }, found, count, model: chosen.model },
      platform,
      context,
    );
  }
  if (json) {
    const failed = failures.map(({ file, error }) => ({ file, error: oneLine(error) }));
    context.print(JSON.stringify({ file: query.file, nearest: found, failed }, null, 2));
  } else print(found, context);
  return failures.length > 0 ? 1 : 0;
}

/** Flags that do not tell of the model. */
const others: readonly string[] = ['top', 'batch', 'page', 'json'] satisfies (keyof SimilarOptions)[];

/** The model that made a file's embeddings, which no flag may change. */
function chosenBy(stored: EmbeddingsFile, path: string, options: SimilarOptions): ChosenModel {
  const flag = Object.keys(options).find((key) => !others.includes(key));
  if (flag !== undefined) {
    const written = flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new OcelliError('usage', `${path} says itself how its embeddings were made (${stored.model}); leave --${written} out`);
  }
  return { ...stored, classes: undefined };
}

/** The pictures that are not the one asked about itself. */
async function otherThan(file: string, sources: readonly PictureSource[]): Promise<PictureSource[]> {
  const real = await placeOf(file);
  const places = await Promise.all(sources.map((source) => placeOf(source.file)));
  return sources.filter((_, i) => places[i] !== real);
}

/** The file behind a path, links followed; the name itself of what is no file. */
async function placeOf(file: string): Promise<string> {
  return await realpath(file).catch(() => file);
}

/** @throws format or io naming the picture */
async function readQuery(query: PictureSource, platform: Platform, { signal }: Context): Promise<RgbImage> {
  const [decoded] = await decodeBatch([query], platform, signal);
  throwIfAborted(signal, 'looking at pictures');
  const image = decoded?.image ?? 'it cannot be read';
  if (typeof image !== 'string') return image;
  throw new OcelliError('format', image.includes(query.file) ? image : `${query.file}: ${image}`);
}

interface With {
  readonly classifier: Classifier;
  readonly batch: number;
  readonly platform: Platform;
  readonly context: Context;
}

async function compareWith(
  vector: Float32Array,
  sources: readonly PictureSource[],
  { classifier, batch, platform, context }: With,
): Promise<Compared[]> {
  const compared: Compared[] = [];
  for await (const one of embedPictures(sources, classifier, batch, platform, context)) {
    compared.push('error' in one ? one : { file: one.file, cosine: cosine(vector, one.embedding) });
  }
  return compared;
}

async function compareStored(vector: Float32Array, file: string, { files, values, size }: EmbeddingsFile): Promise<Compared[]> {
  if (vector.length !== size) {
    throw new OcelliError(
      'shape',
      `the embeddings have ${size} numbers, the model's ${vector.length}: its weights are others now`,
    );
  }
  const real = await placeOf(file);
  const places = await Promise.all(files.map(placeOf));
  return files.flatMap((name, i) =>
    places[i] === real ? [] : [{ file: name, cosine: cosine(vector, values.subarray(i * size, (i + 1) * size)) }],
  );
}

interface Found {
  readonly query: { readonly file: string; readonly picture: Picture };
  readonly found: readonly Neighbour[];
  readonly count: number;
  readonly model: string;
}

const shown = (image: RgbImage): Picture => ({ ...image, channels: 3 });

async function writePage(file: string, { found, ...page }: Found, platform: Platform, context: Context): Promise<void> {
  const sources = await findPictures(
    found.map((one) => one.file),
    context,
  );
  const nearestShown = [];
  for (const [i, source] of sources.entries()) {
    const picture = shown(await platform.decodeImage(await source.read()));
    nearestShown.push({ ...(found[i] as Neighbour), picture });
  }
  await writeText(platform.files, file, similarPage({ ...page, nearest: nearestShown }));
  context.note(`the page is ${file}`);
}

function print(found: readonly Neighbour[], { colors, print: line, width }: Context): void {
  for (const [i, { file, cosine: value }] of found.entries()) {
    const text = `${value.toFixed(3).padStart(6)}  ${cut(visible(file), width - 8)}`;
    line(i === 0 ? colors.green(text) : text);
  }
}

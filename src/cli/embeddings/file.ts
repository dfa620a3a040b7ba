/** Files of embeddings: safetensors with one tensor, `embeddings` [N, D], and in its metadata whose they are and what made them. */
import { OcelliError } from '../../base/errors.ts';
import { float32 } from '../../base/tensor.ts';
import type { ByteSink, Platform } from '../../platform/platform.ts';
import { type ClassificationPreset, checkPreset } from '../../transforms/preset.ts';
import { openCheckpoint } from '../../weights/open.ts';
import { writeSafetensors } from '../../weights/safetensors-writer.ts';

export interface EmbeddingsFile {
  /** Names of the pictures, one for each embedding. */
  readonly files: readonly string[];
  /** Values of all embeddings, one after the other. */
  readonly values: Float32Array;
  /** Numbers in each. */
  readonly size: number;
  readonly model: string;
  /** Entry, file or address; undefined is the model's default entry. */
  readonly weights: string | undefined;
  readonly numClasses: number | undefined;
  /** All of the preprocessing. */
  readonly preset: ClassificationPreset;
}

export function isEmbeddingsName(file: string): boolean {
  return /\.safetensors$/i.test(file);
}

/** Writes the file and commits the sink. @throws io */
export async function writeEmbeddings(sink: ByteSink, file: EmbeddingsFile): Promise<void> {
  const { files, values, size, model, weights, numClasses, preset } = file;
  const tensor = float32([files.length, size], values);
  const metadata = new Map([
    ['files', JSON.stringify(files)],
    ['model', JSON.stringify({ model, weights, numClasses, preset })],
  ]);
  await writeSafetensors(sink, [{ name: 'embeddings', dtype: 'float32', shape: tensor.shape, tensor }], metadata);
}

/**
 * @throws io, format
 * @throws usage when it is a checkpoint of another kind
 */
export async function readEmbeddings(path: string, platform: Platform): Promise<EmbeddingsFile> {
  const checkpoint = await openCheckpoint(await platform.files.open(path));
  try {
    const entry = checkpoint.entries.find(({ name }) => name === 'embeddings');
    const [count, size] = entry?.shape ?? [];
    if (entry?.dtype !== 'float32' || entry.shape.length !== 2 || count === undefined || size === undefined) {
      throw new OcelliError('usage', `${path} is no file of embeddings; \`ocelli embed\` writes such files`);
    }
    const about = parsed(path, checkpoint.metadata.get('files'), checkpoint.metadata.get('model'));
    if (about.files.length !== count) {
      throw new OcelliError('format', `${path} is damaged: ${count} embeddings of ${about.files.length} pictures`);
    }
    const { data } = await checkpoint.read(entry);
    return { ...about, values: data as Float32Array, size };
  } finally {
    await checkpoint.close();
  }
}

function parsed(path: string, files: unknown, model: unknown): Omit<EmbeddingsFile, 'values' | 'size'> {
  try {
    const names: unknown = JSON.parse(String(files));
    const about = JSON.parse(String(model)) as Partial<EmbeddingsFile>;
    if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) throw new TypeError('no list of pictures');
    const { model: name, weights, numClasses, preset } = about;
    if (typeof name !== 'string' || !preset) throw new TypeError('no model');
    if (!['undefined', 'string'].includes(typeof weights)) throw new TypeError('weights without a name');
    if (!['undefined', 'number'].includes(typeof numClasses)) throw new TypeError('no number of classes');
    checkPreset(preset);
    return { files: names, model: name, weights, numClasses, preset };
  } catch (error) {
    throw new OcelliError('format', `${path} does not say which pictures and model its embeddings are of`, { cause: error });
  }
}

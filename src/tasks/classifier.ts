/** Pictures in, labels out: a compiled network with its preprocessing and its class names. */
import { checkKeys, OcelliError, throwIfAborted } from '../base/errors.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import type { RgbImage } from '../platform/image.ts';
import type { ProgramCache } from '../program/cache.ts';
import { compile } from '../program/compile.ts';
import type { Model, ParameterValues } from '../program/inference-graph.ts';
import type { Program } from '../program/program.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { type ClassificationPreset, checkPreset, preprocessInto, presetChannels, presetLength } from '../transforms/preset.ts';

/** One answer for a picture. */
export interface Classification {
  /** The class's name, or "class N" where there are no names. */
  readonly label: string;
  /** Softmax of the logits, 0 to 1; of a model that gives scores itself, what it gives. */
  readonly score: number;
  /** The class's number, from 0. */
  readonly index: number;
  /** What the network gives for it. */
  readonly logit: number;
}

export interface ClassifyOptions {
  /** Answers for each picture, best first; default 5. */
  readonly top?: number;
  /** Stops between runs. */
  readonly signal?: AbortSignal;
}

export interface EmbedOptions {
  /** Scale each embedding to length 1, so that the product of two is the cosine of their angle; default false. */
  readonly normalize?: boolean;
  /** Stops between runs. */
  readonly signal?: AbortSignal;
}

export interface ClassifierOptions {
  readonly runtime: Runtime;
  readonly preset: ClassificationPreset;
  /** Names by class number; without them answers are "class N". */
  readonly labels?: readonly string[];
  /** Only operators of the ONNX standard; default false. */
  readonly portable?: boolean;
  /** Longer batches run in pieces of this many; default 32. */
  readonly maxBatch?: number;
  /** Values by state-dict key in place of the model's own, read while the program is loaded. */
  readonly parameters?: ParameterValues;
  readonly cache?: ProgramCache;
  readonly signal?: AbortSignal;
}

const classifyKeys: readonly string[] = ['top', 'signal'];
const embedKeys: readonly string[] = ['normalize', 'signal'];

/** A network that answers pictures, and embeds them. Dispose it to free its memory. */
export class Classifier {
  readonly preset: ClassificationPreset;
  readonly labels: readonly string[] | undefined;
  /** How many classes there are. */
  readonly numClasses: number;
  /** How many numbers an embedding has; undefined for a network that has none. */
  readonly embeddingSize: number | undefined;
  readonly #program: Program;
  readonly #kind: 'logits' | 'scores';

  /** @param kind what the program gives, see `Module.outputKind` */
  constructor(
    program: Program,
    preset: ClassificationPreset,
    labels: readonly string[] | undefined,
    kind: 'logits' | 'scores' = 'logits',
  ) {
    const classes = program.outputs[0]?.shape[1];
    if (typeof classes !== 'number') {
      throw new OcelliError('shape', 'a classifier needs a network that gives [N, classes], with classes a fixed number');
    }
    if (labels && labels.length !== classes) {
      throw new OcelliError('usage', `there are ${labels.length} labels for ${classes} classes; give one for each`);
    }
    this.preset = preset;
    this.labels = labels;
    this.numClasses = classes;
    const size = program.outputs.find(({ name }) => name === 'embedding')?.shape[1];
    this.embeddingSize = typeof size === 'number' ? size : undefined;
    this.#program = program;
    this.#kind = kind;
  }

  /**
   * The likeliest classes of a picture, best first; of several pictures, a list for each, run as one batch.
   * @throws usage for a `top` that is no positive whole number
   * @throws runtime when the network gives no numbers, or after `dispose`
   */
  async classify(image: RgbImage, options?: ClassifyOptions): Promise<Classification[]>;
  async classify(images: readonly RgbImage[], options?: ClassifyOptions): Promise<Classification[][]>;
  async classify(
    images: RgbImage | readonly RgbImage[],
    options: ClassifyOptions = {},
  ): Promise<Classification[] | Classification[][]> {
    if (isList(images)) return this.#classifyAll(images, options);
    const [answer = []] = await this.#classifyAll([images], options);
    return answer;
  }

  async #classifyAll(images: readonly RgbImage[], options: ClassifyOptions): Promise<Classification[][]> {
    checkKeys('classify', options, classifyKeys);
    const { top = 5, signal } = options;
    if (!Number.isInteger(top) || top < 1) throw new OcelliError('usage', `classify: top must be at least 1, ${top} came`);
    if (images.length === 0) return [];
    const { logits } = await this.#run(images, 'classifying', signal);
    const values = logits?.data as Float32Array;
    return images.map((_, i) => this.#best(values.subarray(i * this.numClasses, (i + 1) * this.numClasses), top));
  }

  /**
   * The embedding of a picture: the vector that the network's head is given, averaged over positions where it has any; of several
   * pictures, one for each, run as one batch. Pictures that look alike to the network have embeddings of nearly the same direction.
   * @throws usage for a network that has none
   * @throws runtime when the network gives no numbers, or after `dispose`
   */
  async embed(image: RgbImage, options?: EmbedOptions): Promise<Float32Array>;
  async embed(images: readonly RgbImage[], options?: EmbedOptions): Promise<Float32Array[]>;
  async embed(images: RgbImage | readonly RgbImage[], options: EmbedOptions = {}): Promise<Float32Array | Float32Array[]> {
    if (isList(images)) return this.#embedAll(images, options);
    const [embedding = new Float32Array()] = await this.#embedAll([images], options);
    return embedding;
  }

  async #embedAll(images: readonly RgbImage[], options: EmbedOptions): Promise<Float32Array[]> {
    checkKeys('embed', options, embedKeys);
    const { normalize = false, signal } = options;
    const size = this.embeddingSize;
    if (size === undefined)
      throw new OcelliError('usage', 'the network has no linear or convolutional head, so it has no embeddings');
    if (images.length === 0) return [];
    const { embedding } = await this.#run(images, 'embedding', signal);
    const values = embedding?.data as Float32Array;
    return images.map((_, i) => checkedEmbedding(values.slice(i * size, (i + 1) * size), normalize));
  }

  /** The network's outputs for one picture or more. */
  async #run(images: readonly RgbImage[], what: string, signal: AbortSignal | undefined): Promise<Record<string, Tensor>> {
    const length = presetLength(this.preset);
    const batch = new Float32Array(images.length * length);
    for (const [i, image] of images.entries()) {
      throwIfAborted(signal, what);
      preprocessInto(image, this.preset, batch, i * length);
    }
    const { crop } = this.preset;
    const input = tensor('float32', [images.length, presetChannels(this.preset), crop, crop], batch);
    return await this.#program.run({ input }, signal ? { signal } : {});
  }

  #best(logits: Float32Array, top: number): Classification[] {
    const highest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0);
    if (!Number.isFinite(sum)) {
      throw new OcelliError('runtime', 'the network gives NaN or infinite logits: weights and preprocessing do not fit it');
    }
    return Array.from(logits.keys())
      .sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b)
      .slice(0, top)
      .map((index) => {
        const logit = logits[index] ?? 0;
        const score = this.#kind === 'scores' ? logit : Math.exp(logit - highest) / sum;
        return { label: this.labels?.[index] ?? `class ${index}`, score, index, logit };
      });
  }

  /** Frees the network's memory; a second call does nothing. */
  dispose(): Promise<void> {
    return this.#program.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

/** Scaled to length 1 when asked; one of zeros stays as it is. */
function checkedEmbedding(embedding: Float32Array, normalize: boolean): Float32Array {
  const length = Math.sqrt(embedding.reduce((sum, value) => sum + value * value, 0));
  if (!Number.isFinite(length)) {
    throw new OcelliError('runtime', 'the network gives NaN or infinite embeddings: weights and preprocessing do not fit it');
  }
  return normalize && length > 0 ? embedding.map((value) => value / length) : embedding;
}

function isList(images: RgbImage | readonly RgbImage[]): images is readonly RgbImage[] {
  return Array.isArray(images);
}

/**
 * Compiles any network of one input [N, C, H, W] and one output [N, classes] into a classifier; C is 3, or 1 with a gray preset.
 * @throws shape when it takes or gives something else
 */
export async function createClassifier(model: Model, options: ClassifierOptions): Promise<Classifier> {
  const { preset, labels, ...compileOptions } = options;
  checkPreset(preset);
  const shape = ['N', presetChannels(preset), preset.crop, preset.crop];
  const inputs = { input: { dtype: 'float32', shape } } as const;
  const program = await compile(model, { ...compileOptions, inputs, output: 'logits', embedding: true });
  try {
    return new Classifier(program, preset, labels, model.outputKind());
  } catch (error) {
    await program.dispose();
    throw error;
  }
}

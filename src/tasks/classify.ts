/** A model of the zoo by name, with its weights, ready to answer pictures. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import { getCategories, getModel, getModelWeights, modelName } from '../models/registry.ts';
import type { WeightsEntry } from '../models/weights-entry.ts';
import { initialize } from '../nn/state-dict.ts';
import type { Model } from '../program/inference-graph.ts';
import type { ClassificationPreset } from '../transforms/preset.ts';
import { type Classifier, type ClassifierOptions, createClassifier } from './classifier.ts';
import { loadWeights, type OpenedModelWeights, openModelWeights } from './load-weights.ts';
import type { OpenWeightsOptions, WeightsSource } from './weights-source.ts';

export interface LoadOptions
  extends Omit<ClassifierOptions, 'preset' | 'labels' | 'parameters'>,
    Omit<OpenWeightsOptions, 'model'> {
  /** An entry's name, an address, a path or bytes; 'none' leaves the model untrained. Default 'DEFAULT'. */
  readonly weights?: WeightsSource;
  /** Outputs of the model, for weights of one's own; default 1000. */
  readonly numClasses?: number;
  /** Names by class number; default those of the weights, ImageNet's for files with 1000 classes. */
  readonly labels?: readonly string[];
  /** Parts of the preprocessing to set; the others come with the weights entry, for files with the model's default one. */
  readonly preset?: Partial<ClassificationPreset>;
  /** Seed of the first values of an untrained model; default 0. */
  readonly seed?: number;
}

const optionKeys: readonly string[] = [
  'weights',
  'numClasses',
  'labels',
  'preset',
  'seed',
  'platform',
  'onProgress',
  'runtime',
  'portable',
  'maxBatch',
  'cache',
  'signal',
];

/** What a model without published weights is given. */
const plainPreset: ClassificationPreset = {
  kind: 'classification',
  resize: 256,
  crop: 224,
  interpolation: 'bilinear',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/**
 * Builds a model, loads its weights and compiles it.
 * @throws usage for an unknown model, entry or option, or for `numClasses` beside published weights of other classes
 * @throws network when official weights are neither cached nor reachable
 * @throws state-dict when a file does not fit the model
 */
export async function load(name: string, options: LoadOptions): Promise<Classifier> {
  checkKeys('load', options, optionKeys);
  const { weights = 'DEFAULT', numClasses, labels, preset, seed, platform, onProgress, ...classifierOptions } = options;
  const { signal } = options;
  const model = modelName(name);
  const net = (await getModel(model, numClasses === undefined ? {} : { numClasses })) as Model;
  const entries = await getModelWeights(model);
  let entry: WeightsEntry | undefined;
  let opened: OpenedModelWeights | undefined;
  if (weights === 'none') initialize(net, seed === undefined ? {} : { seed });
  else {
    checkClasses(weights, numClasses, entries, model);
    const opening = { platform, model, ...(onProgress ? { onProgress } : {}), ...(signal ? { signal } : {}) };
    // A cache knows programs by the model's own values; without one they go from the file into the program.
    if (options.cache) entry = (await loadWeights(net, weights, opening)).entry;
    else {
      opened = await openModelWeights(net, weights, opening);
      entry = opened.entry;
    }
  }
  try {
    const like = entry ?? entries.find((candidate) => candidate.default);
    const names = labels ?? (weights === 'none' ? undefined : await labelsOf(like, numClasses));
    return await createClassifier(net, {
      ...classifierOptions,
      preset: { ...(like?.preset ?? plainPreset), ...preset },
      ...(names ? { labels: names } : {}),
      ...(opened ? { parameters: opened.parameters } : {}),
    });
  } finally {
    await opened?.close();
  }
}

/** Published weights have their own classes; saying so before a download is kinder than a mismatch after it. */
function checkClasses(
  weights: WeightsSource,
  numClasses: number | undefined,
  entries: readonly WeightsEntry[],
  model: string,
): void {
  if (numClasses === undefined || numClasses === 1000 || typeof weights !== 'string') return;
  const wanted = weights.toUpperCase();
  if (wanted !== 'DEFAULT' && !entries.some((entry) => entry.name === wanted)) return;
  throw new OcelliError(
    'usage',
    `${model}: published weights have 1000 classes, not ${numClasses}; give a weights file of your own, or 'none'`,
  );
}

/** The names that come with weights, when there are as many as classes. */
async function labelsOf(entry: WeightsEntry | undefined, numClasses = 1000): Promise<readonly string[] | undefined> {
  if (!entry) return undefined;
  const names = await getCategories(entry.meta.categories);
  return names.length === numClasses ? names : undefined;
}

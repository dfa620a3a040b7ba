/** A model of the zoo by name, with its weights, ready to answer pictures. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import { getPreset } from '../models/presets.ts';
import { getCategories, getModel, getModelWeights, modelName } from '../models/registry.ts';
import { sizeOption } from '../models/size-option.ts';
import { initialize } from '../nn/state-dict.ts';
import { findHead } from '../nn/surgery.ts';
import type { Model } from '../program/inference-graph.ts';
import { type ClassificationPreset, presetChannels, withParts } from '../transforms/preset.ts';
import type { KeyMap } from '../weights/mapping/rules.ts';
import { type Classifier, type ClassifierOptions, createClassifier } from './classifier.ts';
import { loadWeights, type OpenedModelWeights, openModelWeights } from './load-weights.ts';
import { findEntry, type OpenWeightsOptions, type WeightsSource } from './weights-source.ts';

export interface LoadOptions
  extends Omit<ClassifierOptions, 'preset' | 'labels' | 'parameters'>,
    Omit<OpenWeightsOptions, 'model'> {
  /** An entry's name, an address, a path or bytes; 'none' leaves the model untrained. Default 'DEFAULT'. */
  readonly weights?: WeightsSource;
  /** Rules that turn a file's keys into the model's, or the name of a map that comes with Ocelli: 'timm-mobilenetv1'. */
  readonly map?: KeyMap | string;
  /** Outputs of the model, for weights of one's own; default the model's own number, 1000 for torchvision's. */
  readonly numClasses?: number;
  /** Names by class number; default those of the weights, ImageNet's for files with 1000 classes. */
  readonly labels?: readonly string[];
  /**
   * Parts of the preprocessing to set; the others come with the weights entry, for files with the model's default one. The
   * model gets as many input channels as the preset makes: one with `channels: 'gray'`.
   */
  readonly preset?: Partial<ClassificationPreset>;
  /** Seed of the first values of an untrained model; default 0. */
  readonly seed?: number;
}

const optionKeys: readonly string[] = [
  'weights',
  'map',
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

/**
 * Builds a model, loads its weights and compiles it.
 * @throws usage for an unknown model, entry or option, for a model without published weights when none are given, or for
 *   `numClasses` beside published weights of other classes
 * @throws network when official weights are neither cached nor reachable
 * @throws state-dict when a file does not fit the model
 */
export async function load(name: string, options: LoadOptions): Promise<Classifier> {
  checkKeys('load', options, optionKeys);
  const { weights = 'DEFAULT', map, numClasses, labels, preset: parts = {}, seed, platform, onProgress, ...rest } = options;
  const { signal } = options;
  const model = modelName(name);
  const entry = weights === 'none' ? undefined : await findEntry(weights, { platform, model });
  const categories = entry && (await getCategories(entry.meta.categories));
  if (categories) checkClasses(model, categories.length, numClasses);
  const preset = withParts(entry?.preset ?? (await getPreset(model)), parts);
  const inChannels = presetChannels(preset);
  const build = { inChannels, ...sizeOption(model, preset.crop), ...(numClasses === undefined ? {} : { numClasses }) };
  const net = (await getModel(model, build)) as Model;
  let opened: OpenedModelWeights | undefined;
  if (weights === 'none') initialize(net, seed === undefined ? {} : { seed });
  else {
    const opening = { platform, model, ...(map ? { map } : {}), ...(onProgress && { onProgress }), ...(signal && { signal }) };
    // A cache knows programs by the model's own values; without one they go from the file into the program.
    if (options.cache) await loadWeights(net, entry ?? weights, opening);
    else opened = await openModelWeights(net, entry ?? weights, opening);
  }
  try {
    const names = labels ?? categories ?? (weights === 'none' ? undefined : await namesForFile(model, net));
    return await createClassifier(net, {
      ...rest,
      preset,
      ...(names ? { labels: names } : {}),
      ...(opened ? { parameters: opened.parameters } : {}),
    });
  } finally {
    await opened?.close();
  }
}

/** Published weights have their own classes; saying so before a download is kinder than a mismatch after it. */
function checkClasses(model: string, classes: number, numClasses: number | undefined): void {
  if (numClasses === undefined || numClasses === classes) return;
  throw new OcelliError(
    'usage',
    `${model}: published weights have ${classes} classes, not ${numClasses}; give a weights file of your own, or 'none'`,
  );
}

/** ImageNet's names for files of its 1000 classes, unless the model's own weights are for other pictures. */
async function namesForFile(model: string, net: Model): Promise<readonly string[] | undefined> {
  const usual = (await getModelWeights(model)).find((entry) => entry.default)?.meta.categories ?? 'imagenet';
  const found = findHead(net);
  const classes = found?.head.weight.shape[found.classAxis];
  return usual === 'imagenet' && classes === 1000 ? await getCategories(usual) : undefined;
}

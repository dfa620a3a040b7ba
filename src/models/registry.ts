/** Models and their published weights by name. */
import { OcelliError } from '../base/errors.ts';
import type { Module } from '../nn/module.ts';
import { type ManifestEntry, type ModelBuilders, manifest } from './manifest.ts';
import { nearestNames } from './near-names.ts';
import type { CategoriesName, WeightsEntry } from './weights-entry.ts';

/** The name of a model: its builder function's name. */
export type ModelName = keyof ModelBuilders;

/** The options of a model's builder. */
export type ModelOptions<K extends ModelName> = NonNullable<Parameters<ModelBuilders[K]>[0]>;

function patternOf(wildcard: string): RegExp {
  const escaped = wildcard.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
}

/**
 * The names of all models that match a pattern, sorted. In a pattern `*` stands for any text and `?` for one character;
 * case does not matter.
 *
 * @example
 * listModels('efficientnet_v2_*'); // ['efficientnet_v2_l', 'efficientnet_v2_m', 'efficientnet_v2_s']
 */
export function listModels(pattern = '*'): readonly ModelName[] {
  const wanted = patternOf(pattern);
  return (Object.keys(manifest) as ModelName[]).filter((name) => wanted.test(name)).sort();
}

/**
 * The model's name as it is written, whatever its case.
 * @throws usage suggesting names close to an unknown one
 */
export function modelName(name: string): ModelName {
  const known = name.toLowerCase();
  if (Object.hasOwn(manifest, known)) return known as ModelName;
  const near = nearestNames(known, Object.keys(manifest));
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : '`ocelli models` or listModels() names all there are';
  throw new OcelliError('usage', `there is no model "${name}"; ${hint}`);
}

/** The family a model belongs to, such as `resnet`. @throws usage for an unknown model */
export function familyOf(name: string): string {
  return manifest[modelName(name)].family;
}

/**
 * An untrained model by name; the same as calling its builder.
 * @throws usage for an unknown model or option
 */
export async function getModel<K extends ModelName>(name: K, options?: ModelOptions<K>): Promise<ReturnType<ModelBuilders[K]>>;
export async function getModel(name: string, options?: Readonly<Record<string, unknown>>): Promise<Module>;
export async function getModel(name: string, options: object = {}): Promise<Module> {
  // The builder checks its options itself, so any record may be given to it.
  const entry: ManifestEntry<(options: never) => Module> = manifest[modelName(name)];
  const builder = await entry.builder();
  return builder(options as never);
}

/**
 * All published weights of a model, in torchvision's order.
 * @throws usage for an unknown model
 */
export async function getModelWeights(name: string): Promise<readonly WeightsEntry[]> {
  const model = modelName(name);
  return (await manifest[model].weights())[model] ?? [];
}

/**
 * One set of published weights: by model and entry, `getWeight('resnet50', 'IMAGENET1K_V2')`, or by torchvision's name of it,
 * `getWeight('ResNet50_Weights.IMAGENET1K_V2')`. The entry `DEFAULT`, also when it is left out beside a model, stands for
 * the best one.
 * @throws usage naming the entries there are
 */
export async function getWeight(name: string, entry?: string): Promise<WeightsEntry> {
  const member = /^(\w+)_weights\.(\w+)$/i.exec(name);
  const model = modelName(member?.[1] ?? name);
  const wanted = (entry ?? member?.[2] ?? 'DEFAULT').toUpperCase();
  const entries = await getModelWeights(model);
  const found = entries.find((weights) => (wanted === 'DEFAULT' ? weights.default : weights.name === wanted));
  if (found) return found;
  if (entries.length === 0) {
    throw new OcelliError('usage', `there are no published weights for ${model}: train it, or give a weights file of your own`);
  }
  const names = entries.map((weights) => weights.name).join(', ');
  throw new OcelliError('usage', `${model} has no weights "${entry ?? member?.[2]}"; it has ${names}`);
}

/** The category names of a weights entry, by index. */
export async function getCategories(name: CategoriesName): Promise<readonly string[]> {
  switch (name) {
    case 'imagenet':
      return (await import('./categories/imagenet.ts')).categories;
    case 'fashion-mnist':
      return (await import('./categories/fashion-mnist.ts')).categories;
    case 'cifar10':
      return (await import('./categories/cifar10.ts')).categories;
  }
}

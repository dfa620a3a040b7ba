/** Pyramids: the modules of a model that give its last feature maps at each stride. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import type { Dim, Value } from '../compiler/ir/graph.ts';
import { AdaptiveAvgPool2d } from './layers/adaptive-avg-pool.ts';
import { type AnyModule, moduleAt } from './module.ts';
import { findHead } from './surgery.ts';
import { moduleResults, type TraceableModule } from './trace.ts';

export interface FeaturePathsOptions {
  /** The picture's shape [N, C, H, W]; default [1, 3, 224, 224]. */
  readonly inputShape?: readonly number[];
  /** The strides wanted, powers of two; default all that there are. */
  readonly strides?: readonly number[];
}

/** A level of a pyramid. */
export interface FeatureLevel {
  /** How many elements of the picture, along each axis, there are for one of the map: a power of two. */
  readonly stride: number;
  /** The module that gives the map; one of `features` of `compile`. */
  readonly path: string;
  readonly channels: number;
  /** Of the map, [N, channels, H, W]. */
  readonly shape: readonly Dim[];
}

/** What a module gave, and at what stride when it is a map. */
interface Result {
  readonly path: string;
  readonly value: Value;
  readonly stride: number | undefined;
}

/**
 * For each stride the last module whose result has it, from the picture on: `layer1` to `layer4` of a ResNet, `features.N` of an
 * EfficientNet. Modules are looked at from the outside in: one that halves its input no more than once is a level as a whole, one that
 * halves it more often is looked into. The trunk ends at the head, or at a pooling to a given size before it.
 *
 * A map's stride is the picture's height by its own, to the nearest power of two: convolutions without padding lose some elements at
 * the edges.
 * @throws usage naming the strides there are when one is wanted that is none of them
 *
 * @example
 * featurePaths(resnet18()).map(({ stride, path }) => [stride, path]); // [[2, 'relu'], [4, 'layer1'], ..., [32, 'layer4']]
 */
export function featurePaths(model: TraceableModule, options: FeaturePathsOptions = {}): readonly FeatureLevel[] {
  checkKeys('featurePaths', options, ['inputShape', 'strides']);
  const { inputShape = [1, 3, 224, 224], strides } = options;
  const height = inputShape[2] ?? 0;
  if (inputShape.length !== 4 || !(height > 0)) {
    throw new OcelliError('usage', `featurePaths: inputShape must be [N, C, H, W], [${inputShape.join(', ')}] came`);
  }
  const given = moduleResults(model, { inputs: { input: { dtype: 'float32', shape: inputShape } } });
  const results = given.map(({ path, value }) => ({ path, value, stride: strideOf(value, height) }));
  const levels = new Map<number, FeatureLevel>();
  let last: Value | undefined;
  for (const { path, value, stride } of trunk(model, results)) {
    // What only hands its input on, as dropout does here, is no level of its own.
    if (stride !== undefined && stride > 1 && value !== last) {
      levels.set(stride, { stride, path, channels: Number(value.type.shape[1]), shape: value.type.shape });
    }
    last = value;
  }
  const found = [...levels.values()].sort((a, b) => a.stride - b.stride);
  return strides === undefined ? found : strides.map((stride) => levelAt(levels, stride));
}

function levelAt(levels: ReadonlyMap<number, FeatureLevel>, stride: number): FeatureLevel {
  const level = levels.get(stride);
  if (level) return level;
  const known = [...levels.keys()].sort((a, b) => a - b).join(', ') || 'none';
  throw new OcelliError('usage', `featurePaths: the model has no maps of stride ${stride}; it has ${known}`);
}

/** Undefined for what is no map of more than one element. */
function strideOf({ type: { shape } }: Value, height: number): number | undefined {
  const own = shape.length === 4 ? Number(shape[2]) : 0;
  return own > 1 ? 2 ** Math.round(Math.log2(height / own)) : undefined;
}

/** The modules of the trunk in the order in which they end, each a level or a part of one. */
function trunk(model: AnyModule, results: readonly Result[]): readonly Result[] {
  const head = findHead(model)?.path ?? '';
  const levels = levelsOf(results);
  const units: Result[] = [];
  for (const result of results) {
    const { path } = result;
    if (path === head) break;
    const whole = levels.has(path) && !pathsAround(path).some((outer) => levels.has(outer)) && !pathsAround(head).includes(path);
    if (!whole) continue;
    if (moduleAt(model, path) instanceof AdaptiveAvgPool2d) break;
    units.push(result);
  }
  return units;
}

/** The modules that halve their input no more than once: those inside give maps of no more than two strides up to their own. */
function levelsOf(results: readonly Result[]): ReadonlySet<string> {
  const inside = new Map<string, Set<number>>();
  for (const { path, stride } of results) {
    if (stride === undefined) continue;
    for (const outer of [path, ...pathsAround(path)]) inside.set(outer, (inside.get(outer) ?? new Set()).add(stride));
  }
  const isLevel = ({ path, stride }: Result): boolean => {
    const strides = [...(inside.get(path) ?? [])];
    return path !== '' && (stride === undefined ? strides.length === 0 : strides.filter((one) => one <= stride).length <= 2);
  };
  return new Set(results.filter(isLevel).map(({ path }) => path));
}

/** The paths of the modules around one, the model's, '', left out: `a.b` and `a` of `a.b.c`. */
function pathsAround(path: string): readonly string[] {
  const parts = path.split('.');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('.'));
}

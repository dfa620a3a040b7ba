/** Which model of the zoo a checkpoint was made by, as far as its keys and shapes tell. */
import { familyOf, getModel, listModels, type ModelName } from '../models/registry.ts';
import { checkpointKeys } from '../nn/module.ts';
import { stateDictTypes } from '../nn/state-dict.ts';
import type { TensorEntry } from '../weights/checkpoint.ts';

/** A model whose state dict a checkpoint may be. */
export interface Candidate {
  readonly name: ModelName;
  readonly family: string;
  /**
   * Shapes by key, without counters of batches, which old files do not have; undefined where the number of classes or of the input's
   * channels decides.
   */
  readonly shapes: ReadonlyMap<string, readonly (number | undefined)[]>;
  /** Its key for a checkpoint's; see `Module.keyOf`. */
  readonly keyOf: (key: string) => string | undefined;
}

export interface Lookalike {
  readonly family: string;
  /** The models of the family that have just these keys and shapes, numbers of classes and input channels aside; may be empty. */
  readonly models: readonly ModelName[];
}

interface Resemblance {
  readonly candidate: Candidate;
  /** Keys that both have. */
  readonly shared: number;
  /** The part they are of the checkpoint's keys, and of all keys of both. */
  readonly share: number;
  readonly overlap: number;
  /** Keys of the same shape too. */
  readonly same: number;
  /** All of both are. */
  readonly exact: boolean;
}

/** A family is named when it has this part of a checkpoint's keys and no fewer than so many. */
const LEAST_SHARE = 0.6;
const LEAST_KEYS = 8;

/** Whether a key is a batch norm's counter, which old files do not have. */
export const isCounter = (key: string): boolean => key.endsWith('num_batches_tracked');

/** Numbers that no builder takes by itself. */
const others = { numClasses: 23, inChannels: 5 };

/** Every model of the zoo, built without values: about a second, spent only on files that do not fit. */
export async function candidates(): Promise<readonly Candidate[]> {
  return await Promise.all(
    listModels().map(async (name) => {
      const model = await getModel(name, {});
      const other = stateDictTypes(await getModel(name, others));
      const shapes = [...stateDictTypes(model)].flatMap(([key, { shape }]) => {
        const fixed = shape.map((dim, axis) => (dim === other.get(key)?.shape[axis] ? dim : undefined));
        return isCounter(key) ? [] : [[key, fixed] as const];
      });
      return { name, family: familyOf(name), shapes: new Map(shapes), keyOf: checkpointKeys(model) };
    }),
  );
}

function isAlike(expected: readonly (number | undefined)[], given: readonly number[]): boolean {
  return expected.length === given.length && expected.every((dim, axis) => dim === undefined || dim === given[axis]);
}

function compare(candidate: Candidate, given: readonly TensorEntry[]): Resemblance {
  const { shapes, keyOf } = candidate;
  let [total, shared, same] = [0, 0, 0];
  for (const { name, shape } of given) {
    const key = keyOf(name);
    if (key === undefined) continue;
    total++;
    const expected = shapes.get(key);
    if (!expected) continue;
    shared++;
    if (isAlike(expected, shape)) same++;
  }
  return {
    candidate,
    shared,
    share: shared / Math.max(total, 1),
    overlap: shared / (shapes.size + total - shared),
    same,
    exact: same === total && same === shapes.size,
  };
}

/**
 * The model whose keys and shapes a checkpoint has: of one family, all its models that fit exactly; where none does, the family that
 * has most of the keys. Undefined when no family has the better part of them.
 */
export function lookalikeOf(given: readonly TensorEntry[], among: readonly Candidate[]): Lookalike | undefined {
  const entries = given.filter(({ name }) => !isCounter(name));
  const all = among.map((candidate) => compare(candidate, entries));
  const exact = all.filter((one) => one.exact).map(({ candidate }) => candidate);
  const family = exact[0]?.family;
  if (family !== undefined) {
    return { family, models: exact.filter((candidate) => candidate.family === family).map(({ name }) => name) };
  }
  const [best] = all
    .filter(({ share, shared }) => share >= LEAST_SHARE && shared >= LEAST_KEYS)
    .sort((a, b) => b.overlap - a.overlap || b.same - a.same);
  return best && { family: best.candidate.family, models: [] };
}

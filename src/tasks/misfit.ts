/** What to say of a checkpoint that does not fit a model: PyTorch's words, or, when it is another model's, whose. */
import { isOcelliError, OcelliError } from '../base/errors.ts';
import type { AnyModule } from '../nn/module.ts';
import { findHead, headsOf } from '../nn/surgery.ts';
import type { TensorEntry } from '../weights/checkpoint.ts';
import { mapStateDict } from '../weights/mapping/apply.ts';
import { findMap, mapNames } from '../weights/mapping/known.ts';
import type { KeyMap } from '../weights/mapping/rules.ts';
import type { ExpectedTensor, StateDictMatch } from '../weights/match.ts';
import { type Candidate, candidates, isCounter, type Lookalike, lookalikeOf } from './lookalike.ts';

export interface Misfit {
  /** The file. */
  readonly file: string;
  /** The model's name, for the message. */
  readonly model: string;
  readonly net: AnyModule;
  readonly match: StateDictMatch;
  readonly expected: ReadonlyMap<string, ExpectedTensor>;
  /** The file's state dict, under the file's own names. */
  readonly given: readonly TensorEntry[];
}

/** Keys that are named of each kind of fault. */
const SHOWN = 3;
/** So many faults are all named. */
const FEW = 8;

/**
 * PyTorch's message with all the keys when a file nearly fits; of a file of another kind the first keys at fault, and the model it
 * looks like.
 * @param among gives the models it may look like; default all of the zoo
 */
export async function misfitMessage(misfit: Misfit, among: () => Promise<readonly Candidate[]> = candidates): Promise<string> {
  const { match, expected, given } = misfit;
  const words = match.message ?? '';
  const classes = classesOf(misfit);
  if (classes !== undefined) return `${words}\n\tThe file has ${classes} classes: set numClasses (--num-classes) to ${classes}.`;
  // It is a hint: where the zoo cannot be loaded, PyTorch's words have to do.
  const zoo = await among().catch(() => undefined);
  if (!zoo) return words;
  const theirs = lookalikeOf(given, zoo);
  const own = lookalikeOf(
    [...expected].map(([name, type]) => ({ name, ...type })),
    zoo,
  );
  if (theirs) return own && isSame(theirs, own) ? words : `${faults(misfit)}; it looks like ${described(theirs)}`;
  const few = match.missing.length + match.unexpected.length + match.mismatched.length <= FEW;
  if (few || match.matched.length * 2 > expected.size) return words;
  return `${faults(misfit)}; it looks like ${(await foreign(misfit, zoo)) ?? 'no model that Ocelli has: `ocelli weights inspect` lists its keys'}`;
}

/** The model that a file is under other people's keys, by the maps that come with Ocelli. */
async function foreign({ file, given }: Misfit, zoo: readonly Candidate[]): Promise<string | undefined> {
  for (const name of mapNames) {
    const entries = await findMap(name).then((map) => map && entriesBy(map, file, given));
    const [model] = (entries && lookalikeOf(entries, zoo)?.models) ?? [];
    if (model) return `${model} under other keys: \`ocelli weights convert --map ${name}\` renames them`;
  }
  return undefined;
}

/** The tensors as a map makes them, or undefined where it is for others. */
function entriesBy(map: KeyMap, name: string, entries: readonly TensorEntry[]): readonly TensorEntry[] | undefined {
  const read = (): never => {
    throw new OcelliError('internal', 'only keys are looked at');
  };
  try {
    return mapStateDict({ name, entries, modules: new Map(), read }, map).entries;
  } catch (error) {
    if (isOcelliError(error)) return undefined;
    throw error;
  }
}

/** Of a family and not known to be of another variant. */
function isSame(theirs: Lookalike, own: Lookalike): boolean {
  if (theirs.family !== own.family) return false;
  return theirs.models.length === 0 || theirs.models.some((name) => own.models.includes(name));
}

/** The classes of a file that differs in the head's number of them alone, auxiliary heads included. */
function classesOf({ net, match: { mismatched, missing, unexpected } }: Misfit): number | undefined {
  const main = findHead(net);
  if (!main || missing.length + unexpected.length > 0) return undefined;
  const heads = headsOf(net);
  if (!mismatched.every(({ name }) => heads.some((path) => name.startsWith(`${path}.`)))) return undefined;
  const weight = mismatched.find(({ name }) => name === `${main.path}.weight`);
  const classes = weight?.given[main.classAxis];
  return classes === weight?.expected[main.classAxis] ? undefined : classes;
}

/** `resnet50 (resnet family): load it as that model, --model resnet50`, or the family alone. */
function described({ family, models }: Lookalike): string {
  const [name] = models;
  if (name === undefined) return `a model of the ${family} family, of none of the sizes that Ocelli has`;
  return models.length === 1
    ? `${name} (${family} family): load it as that model, --model ${name}`
    : `one of ${models.join(', ')} (${family} family): load it as that model, --model ${name}`;
}

/** The first keys of each kind of fault, and how many there are. */
function faults({ file, model, match, expected, given }: Misfit): string {
  const shapes = new Map(given.map(({ name, shape }) => [name, shape]));
  const shapeText = (shape: readonly number[] | undefined): string => (shape ? ` [${shape.join(', ')}]` : '');
  const parts = [
    listed('missing', tellingFirst(match.missing), (name) => name + shapeText(expected.get(name)?.shape)),
    listed('unexpected', tellingFirst(match.unexpected), (name) => name + shapeText(shapes.get(name))),
    listed(
      'of another shape',
      match.mismatched,
      (one) => `${one.name}${shapeText(one.given)} where${shapeText(one.expected)} is expected`,
    ),
  ];
  return `${model}: ${file} does not fit: ${parts.filter((part) => part !== '').join('; ')}`;
}

/** Counters of batches, which every network has, last: files that keep types apart may begin with them. */
function tellingFirst(names: readonly string[]): readonly string[] {
  return [...names.filter((name) => !isCounter(name)), ...names.filter(isCounter)];
}

function listed<T>(kind: string, items: readonly T[], text: (item: T) => string): string {
  if (items.length === 0) return '';
  const rest = items.length > SHOWN ? `, ... (${items.length} keys)` : '';
  return `${kind} ${items.slice(0, SHOWN).map(text).join(', ')}${rest}`;
}

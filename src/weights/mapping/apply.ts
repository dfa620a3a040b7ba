/** A state dict under other keys and in other shapes, by rules. */
import { isOcelliError, OcelliError } from '../../base/errors.ts';
import type { JsonValue, TensorEntry } from '../checkpoint.ts';
import { finder } from '../checkpoint.ts';
import { castTensor } from '../convert.ts';
import type { StateDict } from '../state-dict.ts';
import { type KeyMap, prepareMap, type ReadyMap, type ReadyRule } from './rules.ts';
import { type View, viewOf } from './view.ts';

export interface MappedStateDict extends StateDict {
  /** Rules that matched no key, for messages. */
  readonly unused: readonly string[];
  /** Keys that were left out. */
  readonly dropped: readonly string[];
}

/** Where a tensor comes from. */
interface Origin {
  readonly entry: TensorEntry;
  /** Undefined for a key kept as it is. */
  readonly rule: ReadyRule | undefined;
  readonly view: View | undefined;
}

/** Keys that no rule matches are named up to so many. */
const SHOWN = 3;

/**
 * The state dict as the rules make it. Tensors are still read one at a time, when they are wanted; names and shapes are checked now.
 * @param name of the map, for messages
 * @throws usage when the map makes no sense
 * @throws state-dict when no rule matches a key that must be matched, when two keys become one, or when nothing is left
 * @throws shape when a rule cannot reshape a tensor
 */
export function mapStateDict(state: StateDict, map: KeyMap, name?: string): MappedStateDict {
  const ready = prepareMap(map, name);
  const used = new Set<ReadyRule>();
  const origins = new Map<string, Origin>();
  const dropped: string[] = [];
  const unmatched: string[] = [];
  for (const entry of state.entries) {
    const found = findRule(ready, entry.name);
    if (found) used.add(found.rule);
    else if (ready.unmatched === 'error') unmatched.push(entry.name);
    if (found ? found.rule.write === undefined : ready.unmatched !== 'keep') {
      dropped.push(entry.name);
      continue;
    }
    const made = found ? naming(found.rule, entry, () => found.rule.write?.(found.captures) ?? '') : entry.name;
    const earlier = origins.get(made);
    if (earlier) throw clash(ready, made, earlier, { entry, rule: found?.rule });
    const view = found && naming(found.rule, entry, () => viewOf(entry.shape, found.rule.steps));
    origins.set(made, { entry, rule: found?.rule, view });
  }
  if (unmatched.length > 0) throw leftOver(ready, unmatched);
  if (origins.size === 0) throw new OcelliError('state-dict', `${ready.name}: the rules leave no tensor of ${state.name}`);
  return {
    ...mapped(state, origins),
    unused: ready.rules.filter((rule) => !used.has(rule)).map(({ title }) => title),
    dropped,
  };
}

function findRule({ rules }: ReadyMap, key: string) {
  for (const rule of rules) {
    const captures = rule.pattern.match(key);
    if (captures) return { rule, captures };
  }
  return undefined;
}

/** Runs a rule's part, naming rule and key when it fails. */
function naming<T>(rule: ReadyRule, entry: TensorEntry, part: () => T): T {
  try {
    return part();
  } catch (error) {
    if (!isOcelliError(error)) throw error;
    throw new OcelliError(error.code, `${rule.title}, key "${entry.name}": ${error.message}`, { cause: error });
  }
}

function clash(
  map: ReadyMap,
  made: string,
  first: Pick<Origin, 'entry' | 'rule'>,
  second: Pick<Origin, 'entry' | 'rule'>,
): OcelliError {
  const told = ({ entry, rule }: Pick<Origin, 'entry' | 'rule'>): string =>
    `"${entry.name}" (${rule ? rule.title.slice(map.name.length + 2) : 'kept as it is'})`;
  return new OcelliError('state-dict', `${map.name}: two keys become "${made}": ${told(first)} and ${told(second)}`);
}

function leftOver(map: ReadyMap, keys: readonly string[]): OcelliError {
  const names = keys.slice(0, SHOWN).map((key) => `"${key}"`);
  const more = keys.length > SHOWN ? `, ... (${keys.length} keys)` : '';
  return new OcelliError(
    'state-dict',
    `${map.name}: no rule matches ${names.join(', ')}${more}; add a rule, or say "unmatched": "keep" or "drop"`,
  );
}

function mapped(state: StateDict, origins: ReadonlyMap<string, Origin>): StateDict {
  const sources = new Map<TensorEntry, Origin>();
  const modules = new Map<string, JsonValue>();
  for (const [name, origin] of origins) {
    const { entry, rule, view } = origin;
    sources.set({ name, dtype: rule?.dtype ?? entry.dtype, shape: view?.shape ?? entry.shape }, origin);
    const version = state.modules.get(moduleOf(entry.name));
    if (version !== undefined) modules.set(moduleOf(name), version);
  }
  const entries = [...sources.keys()];
  const find = finder(state.name, entries);
  return {
    name: state.name,
    entries,
    modules,
    read: async (wanted) => {
      const entry = find(wanted);
      const { entry: source, view } = sources.get(entry) as Origin;
      const tensor = await state.read(source);
      return castTensor(view ? view.apply(tensor) : tensor, entry.dtype);
    },
  };
}

/** The path of the module that a tensor belongs to. */
function moduleOf(key: string): string {
  return key.slice(0, Math.max(key.lastIndexOf('.'), 0));
}

/** Rules that turn other people's state-dict keys into one's own: data, read from JSON or written in a program. */
import { type DType, dtypes, isDType } from '../../base/dtype.ts';
import { checkKeys, isOcelliError, OcelliError } from '../../base/errors.ts';
import { type Json, parseJson } from '../json.ts';
import { type KeyPattern, type KeyWriter, parsePattern, parseWriter } from './template.ts';
import { checkSteps, type ViewSteps } from './view.ts';

/** Leaves the keys out that a template matches. */
export interface DropRule {
  readonly drop: string;
}

/** Gives keys that a template matches another name and, where they are set, other shapes and another element type, in that order. */
export interface RenameRule extends ViewSteps {
  /** Such as `blocks.{i}.conv_pw.{rest...}`; `parsePattern` tells what a template may hold. */
  readonly from: string;
  /** Such as `features.{i+1}.0.{rest...}`. */
  readonly to: string;
  readonly dtype?: DType;
}

export type KeyRule = DropRule | RenameRule;

export interface KeyMap {
  /** The first one that matches a key is the one that counts. */
  readonly rules: readonly KeyRule[];
  /** What becomes of keys that no rule matches; default 'error'. */
  readonly unmatched?: 'error' | 'keep' | 'drop';
}

/** A rule ready for use. */
export interface ReadyRule {
  /** For messages: `rule 3 (a -> b)`. */
  readonly title: string;
  readonly pattern: KeyPattern;
  /** Undefined for keys to leave out. */
  readonly write: KeyWriter | undefined;
  readonly steps: ViewSteps;
  readonly dtype: DType | undefined;
}

export interface ReadyMap {
  /** For messages: the file. */
  readonly name: string;
  readonly rules: readonly ReadyRule[];
  readonly unmatched: 'error' | 'keep' | 'drop';
}

/** The most rules a map may have, so that a hostile one ends soon. */
const MOST_RULES = 4096;

/**
 * Checks a map and makes it ready for use.
 * @param name for messages
 * @throws usage naming the rule at fault
 */
export function prepareMap(map: KeyMap, name = 'the map'): ReadyMap {
  if (!isRecord(map)) throw new OcelliError('usage', `${name}: an object { "rules": [...] } is expected`);
  checkKeys(name, map, ['rules', 'unmatched']);
  const { rules, unmatched = 'error' } = map;
  if (!Array.isArray(rules)) throw new OcelliError('usage', `${name}: "rules" must be a list`);
  if (rules.length > MOST_RULES) throw new OcelliError('usage', `${name}: ${rules.length} rules, at most ${MOST_RULES} are read`);
  if (!['error', 'keep', 'drop'].includes(unmatched)) {
    throw new OcelliError('usage', `${name}: "unmatched" must be "error", "keep" or "drop"`);
  }
  return { name, unmatched, rules: (rules as readonly KeyRule[]).map((rule, i) => prepareRule(rule, `${name}: rule ${i + 1}`)) };
}

function prepareRule(rule: KeyRule, place: string): ReadyRule {
  try {
    if (!isRecord(rule)) throw new OcelliError('usage', 'an object with "from" and "to", or "drop", is expected');
    if ('drop' in rule) {
      checkKeys('a rule that drops', rule, ['drop']);
      const pattern = parsePattern(text(rule.drop, 'drop'));
      return { title: `${place} (drop ${pattern.text})`, pattern, write: undefined, steps: {}, dtype: undefined };
    }
    checkKeys('a rule', rule, ['from', 'to', 'slice', 'transpose', 'reshape', 'dtype']);
    const { from, to, dtype, ...steps } = rule;
    const pattern = parsePattern(text(from, 'from'));
    const write = parseWriter(text(to, 'to'), pattern);
    checkSteps(steps);
    if (dtype !== undefined && !isDType(dtype)) {
      throw new OcelliError('usage', `dtype must be one of ${Object.keys(dtypes).join(', ')}`);
    }
    return { title: `${place} (${from} -> ${to})`, pattern, write, steps, dtype };
  } catch (error) {
    if (!isOcelliError(error)) throw error;
    throw new OcelliError(error.code, `${place}: ${error.message}`, { cause: error });
  }
}

/**
 * A map from the text of a rules file.
 * @param name the file, for messages
 * @throws format when it is no JSON
 */
export function parseMap(text: string, name: string): KeyMap {
  // What is wrong with it is said when it is made ready.
  return plain(parseJson(text, name)) as KeyMap;
}

/** Maps as the records that a program would write. */
function plain(json: Json): unknown {
  if (json instanceof Map) return Object.fromEntries([...json].map(([key, value]) => [key, plain(value)]));
  return Array.isArray(json) ? json.map(plain) : json;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw new OcelliError('usage', `"${what}" must be a template of keys`);
}

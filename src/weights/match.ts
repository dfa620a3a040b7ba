/** Does a state dict fit a model? The answer in the words of PyTorch's `load_state_dict`. */
import type { DType } from '../base/dtype.ts';
import { OcelliError } from '../base/errors.ts';
import type { JsonValue, TensorEntry } from './checkpoint.ts';

export interface ExpectedTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export interface MatchOptions {
  /** Missing and unexpected keys are errors; default true. Wrong shapes always are. */
  readonly strict?: boolean;
  /** Keys to leave out of both sides: a name, all names under a path that ends in ".", or a pattern. */
  readonly ignore?: readonly (string | RegExp)[];
  /** `_metadata` of the state dict: batch norms of version 1 have no `num_batches_tracked` yet. */
  readonly modules?: ReadonlyMap<string, JsonValue>;
  /** The model's name, for the message; default "the model". */
  readonly model?: string;
}

export interface SizeMismatch {
  readonly name: string;
  readonly expected: readonly number[];
  readonly given: readonly number[];
}

export interface StateDictMatch {
  /** Names to load, in the model's order. */
  readonly matched: readonly string[];
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly mismatched: readonly SizeMismatch[];
  /** Counters that files from before PyTorch 0.4.1 do not have; they start at 0. */
  readonly defaulted: readonly string[];
  /** What PyTorch would say; undefined when everything fits. */
  readonly message: string | undefined;
}

function isIgnored(name: string, ignore: readonly (string | RegExp)[]): boolean {
  return ignore.some((rule) => {
    if (typeof rule !== 'string') return new RegExp(rule.source, rule.flags.replace(/[gy]/g, '')).test(name);
    return rule.endsWith('.') ? name.startsWith(rule) : name === rule;
  });
}

const sizeText = (shape: readonly number[]): string => `torch.Size([${shape.join(', ')}])`;
const keysText = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

/** A 0-d parameter takes a tensor of one element, as files from before PyTorch 0.4 have it. */
function fits(expected: readonly number[], given: readonly number[]): boolean {
  if (expected.length === 0 && given.length === 1) return given[0] === 1;
  return expected.length === given.length && expected.every((dim, axis) => dim === given[axis]);
}

/** The version of the module that owns a tensor, as far as `_metadata` tells. */
function versionOf(name: string, modules: ReadonlyMap<string, JsonValue>): number {
  const own = modules.get(name.slice(0, Math.max(name.lastIndexOf('.'), 0)));
  const version = typeof own === 'object' && own !== null && 'version' in own ? own.version : undefined;
  return typeof version === 'number' ? version : 1;
}

/** Compares without throwing. Element types may differ: values are converted when they are loaded. */
export function compareStateDict(
  expected: ReadonlyMap<string, ExpectedTensor>,
  given: readonly TensorEntry[],
  { strict = true, ignore = [], modules = new Map(), model = 'the model' }: MatchOptions = {},
): StateDictMatch {
  const found = new Map(given.map((entry) => [entry.name, entry]));
  const matched: string[] = [];
  const missing: string[] = [];
  const defaulted: string[] = [];
  const mismatched: SizeMismatch[] = [];
  for (const [name, { shape }] of expected) {
    if (isIgnored(name, ignore)) continue;
    const entry = found.get(name);
    if (entry === undefined) {
      const counter = name.endsWith('num_batches_tracked') && versionOf(name, modules) < 2;
      (counter ? defaulted : missing).push(name);
    } else if (fits(shape, entry.shape)) matched.push(name);
    else mismatched.push({ name, expected: shape, given: entry.shape });
  }
  const unexpected = [...found.keys()].filter((name) => !expected.has(name) && !isIgnored(name, ignore));
  const problems: string[] = [];
  if (strict && unexpected.length > 0) problems.push(`Unexpected key(s) in state_dict: ${keysText(unexpected)}. `);
  if (strict && missing.length > 0) problems.unshift(`Missing key(s) in state_dict: ${keysText(missing)}. `);
  for (const { name, expected: wanted, given: came } of mismatched) {
    problems.push(
      `size mismatch for ${name}: copying a param with shape ${sizeText(came)} from checkpoint, the shape in current model is ${sizeText(wanted)}.`,
    );
  }
  const message = problems.length === 0 ? undefined : `Error(s) in loading state_dict for ${model}:\n\t${problems.join('\n\t')}`;
  return { matched, missing, unexpected, mismatched, defaulted, message };
}

/**
 * Checks that a state dict fits, and says which names to load.
 * @throws state-dict with all missing, unexpected and mis-shaped keys together, in PyTorch's words
 */
export function matchStateDict(
  expected: ReadonlyMap<string, ExpectedTensor>,
  given: readonly TensorEntry[],
  options: MatchOptions = {},
): StateDictMatch {
  const match = compareStateDict(expected, given, options);
  if (match.message !== undefined) throw new OcelliError('state-dict', match.message);
  return match;
}

/** Templates of state-dict keys: `blocks.{i}.conv_pw.{rest...}` finds keys, `features.{i+1}.0.{rest...}` writes them. */
import { OcelliError } from '../../base/errors.ts';

/** What the placeholders of a template stand for in one key. */
export type Captures = ReadonlyMap<string, string>;

export interface KeyPattern {
  readonly text: string;
  /** Names of the placeholders; those of many parts end in `...`. */
  readonly names: ReadonlySet<string>;
  /** What the placeholders stand for, or undefined when the key is none of these. Takes time in proportion to the key's length. */
  match(key: string): Captures | undefined;
}

/** One part of a key: text with at most one placeholder in it. */
interface Part {
  readonly before: string;
  readonly name?: string;
  readonly after: string;
}

const fail = (text: string, why: string): never => {
  throw new OcelliError('usage', `"${text}" is no template of keys: ${why}`);
};

/**
 * A template that finds keys. Keys are parts with dots between them. `{name}` stands for one part or a piece of one, at most one in a
 * part; `{name...}`, once in a template and a part by itself, for one or more parts. A name that is there twice means the same text
 * twice. There are no other signs, and so there is only one way to read a key.
 * @throws usage saying what is wrong with the template
 */
export function parsePattern(text: string): KeyPattern {
  const parts = splitParts(text);
  const many = parts.findIndex(({ name }) => name?.endsWith('...'));
  if (many !== parts.findLastIndex(({ name }) => name?.endsWith('...'))) fail(text, 'it has more than one {name...}');
  const head = many < 0 ? parts : parts.slice(0, many);
  const tail = many < 0 ? [] : parts.slice(many + 1);
  const names = new Set(parts.flatMap(({ name }) => name ?? []));
  return {
    text,
    names,
    match(key) {
      const given = key.split('.');
      if (many < 0 ? given.length !== head.length : given.length <= head.length + tail.length) return undefined;
      const captures = new Map<string, string>();
      const rest = given.length - tail.length;
      if (!head.every((part, i) => matchPart(part, given[i] as string, captures))) return undefined;
      if (!tail.every((part, i) => matchPart(part, given[rest + i] as string, captures))) return undefined;
      if (many >= 0) captures.set(parts[many]?.name as string, given.slice(head.length, rest).join('.'));
      return captures;
    },
  };
}

/** `{name...}` holds dots; they are set aside while the template is cut at its own. */
function splitParts(text: string): Part[] {
  return text
    .replaceAll('...}', '\u0000}')
    .split('.')
    .map((piece) => parsePart(piece.replaceAll('\u0000}', '...}'), text));
}

function parsePart(part: string, text: string): Part {
  const found = /^([^{}]*)\{([A-Za-z_]\w*)(\.\.\.)?\}([^{}]*)$/.exec(part);
  if (!found) {
    if (/[{}]/.test(part)) fail(text, `"${part}" must have one placeholder, {name} or {name...}, and no other braces`);
    return { before: part, after: '' };
  }
  const [, before = '', name = '', many = '', after = ''] = found;
  if (many !== '' && before + after !== '') fail(text, `{${name}...} must be a part by itself`);
  return { before, name: name + many, after };
}

function matchPart({ before, name, after }: Part, given: string, captures: Map<string, string>): boolean {
  if (name === undefined) return given === before;
  if (given.length <= before.length + after.length || !given.startsWith(before) || !given.endsWith(after)) return false;
  const value = given.slice(before.length, given.length - after.length);
  const known = captures.get(name);
  captures.set(name, value);
  return known === undefined || known === value;
}

/** Writes a key from what placeholders stand for. @throws usage when a number is asked for that is none */
export type KeyWriter = (captures: Captures) => string;

/**
 * A template that writes keys from what `pattern` found: `{name}` and `{name...}`, and `{name+2}` or `{name-1}` for numbers.
 * @throws usage saying what is wrong with the template
 */
export function parseWriter(text: string, pattern: KeyPattern): KeyWriter {
  if (text === '') fail(text, 'it is empty');
  const pieces: (string | { readonly name: string; readonly add: number | undefined })[] = [];
  let at = 0;
  for (const found of text.matchAll(/\{([A-Za-z_]\w*)(\.\.\.|[+-]\d{1,9})?\}/g)) {
    const [whole, base = '', suffix = ''] = found;
    const name = suffix === '...' ? `${base}...` : base;
    if (!pattern.names.has(name)) {
      const known = [...pattern.names].map((one) => `{${one}}`).join(', ') || 'none';
      fail(text, `it uses ${whole}, and the placeholders of "${pattern.text}" are ${known}`);
    }
    pieces.push(text.slice(at, found.index), { name, add: suffix === '' || suffix === '...' ? undefined : Number(suffix) });
    at = found.index + whole.length;
  }
  pieces.push(text.slice(at));
  if (pieces.some((piece) => typeof piece === 'string' && /[{}]/.test(piece))) {
    fail(text, 'its braces must hold a name, as in {name}, {name...}, {name+1} or {name-1}');
  }
  return (captures) =>
    pieces.map((piece) => (typeof piece === 'string' ? piece : written(captures.get(piece.name) as string, piece))).join('');
}

function written(value: string, { name, add }: { readonly name: string; readonly add: number | undefined }): string {
  if (add === undefined) return value;
  const sum = Number(value) + add;
  if (/^\d{1,9}$/.test(value) && sum >= 0) return `${sum}`;
  throw new OcelliError(
    'usage',
    `{${name}} is "${value}", and {${name}${add < 0 ? '' : '+'}${add}} needs a number of at least 0`,
  );
}

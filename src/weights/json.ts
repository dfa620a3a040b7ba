/** A strict JSON reader that keeps the order of keys and notices double ones, which `JSON.parse` does not. */
import { OcelliError } from '../base/errors.ts';

export type Json = null | boolean | number | string | readonly Json[] | ReadonlyMap<string, Json>;

const DEPTH = 64;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const space = /[ \t\n\r]*/y;
const literals: readonly (readonly [string, Json])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/** @throws format naming `what` and the position when the text is no JSON, has a key twice or is nested too deep */
export function parseJson(text: string, what: string): Json {
  let at = 0;
  const fail = (why: string): never => {
    throw new OcelliError('format', `${what}: damaged JSON at character ${at}: ${why}`);
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const take = (c: string): boolean => {
    match(space);
    if (text[at] !== c) return false;
    at++;
    return true;
  };
  const readString = (): string => {
    match(space);
    const start = at;
    if (text[at] !== '"') fail('a text is expected');
    for (at++; text[at] !== '"'; at++) {
      if (at >= text.length) fail('a text does not end');
      if (text[at] === '\\') at++;
    }
    at++;
    try {
      return JSON.parse(text.slice(start, at)) as string;
    } catch {
      return fail('a text has an unknown escape or a control character');
    }
  };
  const object = (depth: number): ReadonlyMap<string, Json> => {
    const items = new Map<string, Json>();
    if (take('}')) return items;
    do {
      const key = readString();
      if (items.has(key)) fail(`"${key}" is there twice`);
      if (!take(':')) fail('a colon is expected');
      items.set(key, value(depth + 1));
    } while (take(','));
    if (!take('}')) fail('a comma or } is expected');
    return items;
  };
  const array = (depth: number): readonly Json[] => {
    const items: Json[] = [];
    if (take(']')) return items;
    do items.push(value(depth + 1));
    while (take(','));
    if (!take(']')) fail('a comma or ] is expected');
    return items;
  };
  const value = (depth: number): Json => {
    if (depth > DEPTH) fail('it is nested too deep');
    if (take('{')) return object(depth);
    if (take('[')) return array(depth);
    if (text[at] === '"') return readString();
    for (const [word, meaning] of literals) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return meaning;
      }
    }
    const digits = match(number);
    return digits === undefined ? fail('a value is expected') : Number(digits);
  };
  const result = value(0);
  match(space);
  if (at !== text.length) fail('something follows the end');
  return result;
}

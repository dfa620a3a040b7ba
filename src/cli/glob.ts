/** Shell-like patterns for quoted arguments: `*`, `?`, `[a-z]`, `{a,b}`, and `**` for any number of folders. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** True when a text means more than itself as a pattern. */
export function isPattern(text: string): boolean {
  return /[*?[{]/.test(text);
}

/** The regular expression of one pattern segment (no `**` and no slash); hidden names only match a leading dot. */
export function segmentPattern(segment: string): RegExp {
  let source = segment.startsWith('.') ? '' : '(?!\\.)';
  for (let i = 0; i < segment.length; i++) {
    const char = segment[i] ?? '';
    const close = char === '[' ? segment.indexOf(']', i + 2) : char === '{' ? segment.indexOf('}', i) : -1;
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (char === '[' && close > 0) {
      const body = segment
        .slice(i + 1, close)
        .replace(/^!/, '^')
        .replace(/\\/g, '\\\\');
      source += `[${body}]`;
      i = close;
    } else if (char === '{' && close > 0) {
      const words = segment.slice(i + 1, close).split(',');
      source += `(?:${words.map((word) => segmentPattern(word).source.replace(/^\^(?:\(\?!\\\.\))?|\$$/g, '')).join('|')})`;
      i = close;
    } else source += char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  }
  return new RegExp(`^${source}$`);
}

/** The files that match, sorted; folders that cannot be read are passed over. */
export async function glob(pattern: string): Promise<string[]> {
  const parts = pattern.replaceAll('\\', '/').split('/');
  const root = parts[0] === '' ? '/' : '';
  const found = new Set<string>();
  await walk(
    root,
    parts.filter((part) => part !== ''),
    found,
  );
  return [...found].sort();
}

async function walk(folder: string, parts: readonly string[], found: Set<string>): Promise<void> {
  const [part, ...rest] = parts;
  if (part === undefined) return;
  if (part === '.' || part === '..') return walk(join(folder, part), rest, found);
  const entries = await readdir(folder || '.', { withFileTypes: true }).catch(() => []);
  if (part === '**') await walk(folder, rest, found);
  const matches = part === '**' ? /^(?!\.)/ : segmentPattern(part);
  for (const entry of entries) {
    if (!matches.test(entry.name)) continue;
    const path = join(folder, entry.name);
    const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && part !== '**');
    if (part === '**') {
      if (entry.isDirectory()) await walk(path, parts, found);
    } else if (rest.length > 0) {
      if (isFolder) await walk(path, rest, found);
    } else if (entry.isFile() || entry.isSymbolicLink()) found.add(path);
  }
}

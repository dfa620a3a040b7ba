/** The weights tables, src/models/classification/<family>.weights.ts, read and written by the scripts that know their entries. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = 'src/models/classification';
const suffix = '.weights.ts';
const fileOf = (family) => `${folder}/${family}${suffix}`;

/** The families that have a table. */
export function families() {
  return readdirSync(folder)
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .sort();
}

/** A family's table, entries by builder name; {} when there is none yet. */
export async function readTable(family) {
  if (!existsSync(fileOf(family))) return {};
  // Data with one type in it: without that it is JavaScript.
  const [, literal] = readFileSync(fileOf(family), 'utf8').split('export const weights: WeightsTable = ');
  return (await import(`data:text/javascript,${encodeURIComponent(`export default ${literal}`)}`)).default;
}

export function writeTable(family, table) {
  const text = `/** Published weights of ${family}'s models. Written by scripts/generate-weights.mjs and scripts/embed-weights.mjs. */
import type { WeightsTable } from '../weights-entry.ts';

export const weights: WeightsTable = ${print(table)};
`;
  writeFileSync(fileOf(family), text);
}

/** A value as TypeScript: small ones in one line, single quotes, keys bare where they can be. */
export function print(value, indent = '') {
  if (typeof value === 'string') return value.includes("'") ? JSON.stringify(value) : `'${value}'`;
  if (typeof value !== 'object') return String(value);
  const list = Array.isArray(value);
  const inner = `${indent}  `;
  const parts = Object.entries(value).map(([key, item]) => {
    const name = /^[A-Za-z_]\w*$/.test(key) ? key : `'${key}'`;
    return list ? print(item, inner) : `${name}: ${print(item, inner)}`;
  });
  const line = list ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`;
  const flat = !parts.some((part) => part.includes('\n')) && indent.length + line.length < 120;
  const [open, close] = list ? '[]' : '{}';
  return flat ? line : `${open}\n${parts.map((part) => `${inner}${part},\n`).join('')}${indent}${close}`;
}

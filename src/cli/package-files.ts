/** What the installed package holds beside its code. Paths are from dist/cli and dist/bin alike. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The version of the installed package. */
export async function readVersion(): Promise<string> {
  const value: unknown = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof value === 'object' && value !== null && 'version' in value ? String(value.version) : 'unknown';
}

/** The folder of sample pictures. */
export function samplesFolder(): string {
  return fileURLToPath(new URL('../../samples', import.meta.url));
}

/** `ocelli weights verify`: do files have the hash that their names promise? */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { hashFile } from '../../files/download.ts';
import { hashInName } from '../../weights/official.ts';
import type { Context } from '../context.ts';
import { cut } from '../format.ts';
import type { Outcome } from '../outcome.ts';

interface Row {
  readonly file: string;
  readonly sha256: string;
  /** What the name promises; null when it promises nothing. */
  readonly expected: string | null;
  /** Null when there is nothing to compare with. */
  readonly ok: boolean | null;
}

export async function verify(files: readonly string[], options: { readonly json?: boolean }, context: Context): Promise<Outcome> {
  const platform = await context.platform();
  const folder = join(platform.cacheFolder, 'weights');
  const wanted = files.length > 0 ? files : await cachedFiles(folder);
  const rows: Row[] = [];
  for (const file of wanted) {
    const sha256 = await hashFile(platform, file, context.signal);
    const expected = hashInName(basename(file)) ?? null;
    rows.push({ file, sha256, expected, ok: expected === null ? null : sha256.startsWith(expected) });
  }
  if (options.json) context.print(JSON.stringify(rows, null, 2));
  else if (rows.length === 0) context.print(`there are no weights in ${folder}`);
  else for (const row of rows) context.print(describe(row, context));
  return rows.some((row) => row.ok === false) ? 1 : 0;
}

function describe({ file, sha256, expected, ok }: Row, { colors, width }: Context): string {
  const mark = ok === false ? colors.red('wrong') : ok ? colors.green('ok   ') : colors.dim('?    ');
  const why =
    ok === false
      ? `  is ${sha256.slice(0, expected?.length)}: delete it and download it again`
      : ok
        ? ''
        : '  no hash in its name';
  return `${mark} ${cut(file, Math.max(20, width - 6 - why.length))}${why}`;
}

/** Finished files, those of interrupted downloads left out. */
async function cachedFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !/\.(part|part\.json|lock)$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** `ocelli weights download`: official weights, or a file by its address, into the cache. */

import { type DownloadedFile, hashFile } from '../../files/download.ts';
import { getWeight } from '../../models/registry.ts';
import { pathOfFileUrl } from '../../platform/file-url.ts';
import type { Platform } from '../../platform/platform.ts';
import { isEmbedded, openEmbedded, placeOfEmbedded } from '../../tasks/embedded-weights.ts';
import { fetchWeights } from '../../weights/official.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import type { Outcome } from '../outcome.ts';
import { withProgress } from '../progress.ts';

interface Row {
  readonly model: string | undefined;
  readonly entry: string | undefined;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly cached: boolean;
}

export async function downloadAll(
  models: readonly string[],
  options: { readonly weights: string; readonly json?: boolean },
  context: Context,
): Promise<Outcome> {
  const platform = await context.platform();
  const wanted = await Promise.all(
    models.map(async (name) => {
      if (/^https?:\/\//i.test(name)) return { model: undefined, entry: undefined, url: name };
      const entry = await getWeight(name, options.weights);
      return { model: entry.model, entry: entry.name, url: entry.url };
    }),
  );
  const rows: Row[] = [];
  for (const { model, entry, url } of wanted) {
    const inPackage = isEmbedded(url);
    const { path, size, sha256, cached } = inPackage
      ? await fileOfPackage(url, platform)
      : await withProgress(context, (onProgress) => fetchWeights(url, { platform, onProgress, signal: context.signal }));
    rows.push({ model, entry, path, size, sha256, cached });
    const remark = inPackage ? '  (comes with the package)' : cached ? '  (was there already)' : '';
    if (!options.json) context.print(`${path}  ${bytes(size)}${remark}`);
  }
  if (options.json) context.print(JSON.stringify(rows, null, 2));
  return 0;
}

/** Weights that come with the package are checked where they are. */
async function fileOfPackage(url: string, platform: Platform): Promise<DownloadedFile> {
  const source = await openEmbedded(url, { platform });
  const path = pathOfFileUrl(placeOfEmbedded(url));
  return { path, size: source.size, sha256: await hashFile(platform, path), cached: true };
}

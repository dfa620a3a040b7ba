/** Official weights: where a weights file lives in the cache, which mirror serves it, and what its name says of its hash. */
import { OcelliError } from '../base/errors.ts';
import { type DownloadedFile, type DownloadProgress, download } from '../files/download.ts';
import type { Platform } from '../platform/platform.ts';

/** Where torchvision's weights are published. `OCELLI_WEIGHTS_URL` replaces it. */
export const OFFICIAL_WEIGHTS_URL = 'https://download.pytorch.org/models/';

export interface FetchWeightsOptions {
  readonly platform: Platform;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

/** The leading hex digits of the SHA-256 that a file's name ends in: `resnet18-f37072fd.pth` gives `f37072fd`. */
export function hashInName(name: string): string | undefined {
  return /-([0-9a-f]{8,64})\.[a-z0-9]+$/.exec(name)?.[1];
}

/** Without percent codes; '' when they are broken. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** The last part of a URL's path, decoded. @throws usage for an address without a file name */
export function fileNameOf(url: string): string {
  const name = decoded(URL.canParse(url) ? (new URL(url).pathname.split('/').at(-1) ?? '') : '');
  if (name === '' || name === '.' || name === '..' || /[\\/\0]/.test(name)) {
    throw new OcelliError('usage', `"${url}" is no address of a file: give one like https://host/folder/weights-0123abcd.pth`);
  }
  return name;
}

/** The address to ask for: official ones go to the mirror when `OCELLI_WEIGHTS_URL` is set. */
export function sourceOf(url: string, platform: Platform): string {
  const mirror = platform.setting('OCELLI_WEIGHTS_URL');
  if (!mirror || !url.startsWith(OFFICIAL_WEIGHTS_URL)) return url;
  const base = mirror.endsWith('/') ? mirror : `${mirror}/`;
  if (!/^https?:$/.test(URL.canParse(base) ? new URL(base).protocol : '')) {
    throw new OcelliError(
      'usage',
      `OCELLI_WEIGHTS_URL is "${mirror}": set it to an address that begins with http:// or https://`,
    );
  }
  return base + url.slice(OFFICIAL_WEIGHTS_URL.length);
}

/** Where a weights file is cached: official ones by their name, others in a folder of their address. */
export function cachePathOf(url: string, platform: Platform): string {
  const name = fileNameOf(url);
  if (url.startsWith(OFFICIAL_WEIGHTS_URL)) return `${platform.cacheFolder}/weights/${name}`;
  const hash = platform.sha256();
  hash.update(new TextEncoder().encode(url));
  return `${platform.cacheFolder}/weights/other/${hash.digest().slice(0, 16)}/${name}`;
}

/**
 * A weights file by its http(s) address: from the cache, else downloaded, checked against the hash in its name, and cached.
 * @throws usage, network, integrity, io or aborted; see `download`
 */
export async function fetchWeights(url: string, options: FetchWeightsOptions): Promise<DownloadedFile> {
  const { platform, onProgress, signal } = options;
  if (!/^https?:/i.test(url)) {
    throw new OcelliError('usage', `"${url}" is no http(s) address; weights that come with the package are read by loadWeights`);
  }
  const sha256 = hashInName(fileNameOf(url));
  return await download(sourceOf(url, platform), {
    platform,
    path: cachePathOf(url, platform),
    advice: 'set OCELLI_WEIGHTS_URL to a mirror, or load the weights from a file',
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
}

/** The cached file's path and size, or undefined; asks no network and checks no hash. */
export async function findCachedWeights(
  url: string,
  platform: Platform,
): Promise<{ readonly path: string; readonly size: number } | undefined> {
  const path = cachePathOf(url, platform);
  const stat = await platform.files.stat(path);
  return stat?.kind === 'file' ? { path, size: stat.size } : undefined;
}

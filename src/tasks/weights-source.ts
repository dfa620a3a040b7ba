/** What "weights" may mean: an entry's name, an address, a path, bytes. */
import { isOcelliError, OcelliError } from '../base/errors.ts';
import type { DownloadProgress } from '../files/download.ts';
import { getWeight } from '../models/registry.ts';
import type { WeightsEntry } from '../models/weights-entry.ts';
import { bufferSource } from '../platform/buffer.ts';
import { pathOfFileUrl } from '../platform/file-url.ts';
import type { ByteSource, Platform } from '../platform/platform.ts';
import { fetchWeights } from '../weights/official.ts';
import { isEmbedded, openEmbedded } from './embedded-weights.ts';

/**
 * An entry of the model such as `DEFAULT` or `IMAGENET1K_V2`, torchvision's full name of one
 * (`ResNet50_Weights.IMAGENET1K_V2`), an entry itself, an http(s) address, a path, or the bytes of a file. Entries whose address is
 * `package:FILE` come with the package and need no network.
 */
export type WeightsSource = string | URL | Uint8Array | ByteSource | WeightsEntry;

export interface OpenWeightsOptions {
  readonly platform: Platform;
  /** The model that a bare entry name belongs to. */
  readonly model?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

/** Bytes to read a checkpoint from, and the published entry when they are one. */
export interface OpenedWeights {
  readonly source: ByteSource;
  readonly entry: WeightsEntry | undefined;
}

function isEntry(weights: WeightsSource): weights is WeightsEntry {
  return typeof weights === 'object' && 'url' in weights && 'preset' in weights;
}

/** What `getWeight` is asked for when a text may name an entry; undefined when it can only be a path. */
function entryNamed(text: string, model: string | undefined): readonly [name: string, entry?: string] | undefined {
  if (/^\w+_weights\.\w+$/i.test(text)) return [text];
  if (!/^\w+$/.test(text)) return undefined;
  if (model !== undefined) return [model, text];
  if (!/^(default$|imagenet|fashion_mnist|cifar10)/i.test(text)) return undefined;
  throw new OcelliError('usage', `weights "${text}": say of which model, such as { model: 'resnet50' }`);
}

/** Why there is no such entry; what is no matter of names is thrown on. */
function reasonOf(error: unknown): string {
  if (isOcelliError(error) && error.code === 'usage') return error.message;
  throw error;
}

/**
 * The published entry that `weights` names, or undefined: then it is an address, a file or bytes.
 * @throws usage when a name is neither an entry nor a file
 */
export async function findEntry(
  weights: WeightsSource,
  { platform, model }: Pick<OpenWeightsOptions, 'platform' | 'model'>,
): Promise<WeightsEntry | undefined> {
  if (typeof weights !== 'string') return typeof weights === 'object' && isEntry(weights) ? weights : undefined;
  const named = entryNamed(weights, model);
  const found = named && (await getWeight(...named).catch(reasonOf));
  if (typeof found !== 'string') return found;
  // A file may look like an entry: my_weights.pth.
  if (await platform.files.stat(weights)) return undefined;
  const noFile = /^default$/i.test(weights) ? '' : ', and there is no file of that name';
  throw new OcelliError('usage', `${found}${noFile}`);
}

/**
 * Opens weights; downloads them first where they are an address that is not in the cache.
 * @throws usage when a name is neither an entry nor a file
 * @throws network, integrity, io and aborted as `download` does
 */
export async function openWeights(weights: WeightsSource, options: OpenWeightsOptions): Promise<OpenedWeights> {
  const { platform } = options;
  if (weights instanceof Uint8Array) return { source: bufferSource('buffer', weights), entry: undefined };
  if (weights instanceof URL) {
    if (weights.protocol !== 'file:') return openUrl(weights.href, undefined, options);
    return { source: await platform.files.open(pathOfFileUrl(weights)), entry: undefined };
  }
  if (typeof weights !== 'string') {
    return isEntry(weights) ? openUrl(weights.url, weights, options) : { source: weights, entry: undefined };
  }
  const entry = await findEntry(weights, options);
  if (entry) return openUrl(entry.url, entry, options);
  if (/^https?:\/\//i.test(weights) || isEmbedded(weights)) return openUrl(weights, undefined, options);
  return { source: await platform.files.open(weights), entry: undefined };
}

async function openUrl(url: string, entry: WeightsEntry | undefined, options: OpenWeightsOptions): Promise<OpenedWeights> {
  const { platform, onProgress, signal } = options;
  const common = { platform, ...(signal ? { signal } : {}) };
  if (isEmbedded(url)) return { source: await openEmbedded(url, common), entry };
  const { path } = await fetchWeights(url, { ...common, ...(onProgress ? { onProgress } : {}) });
  return { source: await platform.files.open(path), entry };
}

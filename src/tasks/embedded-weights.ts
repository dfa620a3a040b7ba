/** Weights that come with the package: read from its folder in Node, from where the bundler put them in a browser. */
import { messageOf, OcelliError } from '../base/errors.ts';
import { fetchBytes } from '../files/fetch-bytes.ts';
import { embeddedWeights } from '../models/embedded-weights.ts';
import { bufferSource } from '../platform/buffer.ts';
import { pathOfFileUrl } from '../platform/file-url.ts';
import type { ByteSource, Platform } from '../platform/platform.ts';
import { hashInName } from '../weights/official.ts';

const scheme = 'package:';

export interface EmbeddedOptions {
  readonly platform: Platform;
  readonly signal?: AbortSignal;
}

/** Whether an address is of the form `package:FILE`. */
export function isEmbedded(url: string): boolean {
  return url.startsWith(scheme);
}

/** Where a file of the package is. @throws usage when the package has no such file */
export function placeOfEmbedded(url: string): URL {
  const name = url.slice(scheme.length);
  const place = Object.hasOwn(embeddedWeights, name) ? embeddedWeights[name] : undefined;
  if (place) return place();
  throw new OcelliError('usage', `the package has no weights "${name}"; \`ocelli models\` lists what it has`);
}

/**
 * The bytes of weights that come with the package, `package:lenet5_fashion_mnist-0123abcd.safetensors`, checked against the
 * hash in their name.
 * @throws usage when the package has no such file
 * @throws io or network when the file is not beside the code, or not where the bundler should have put it
 * @throws integrity when it does not have its hash
 */
export function openEmbedded(url: string, options: EmbeddedOptions): Promise<ByteSource> {
  return readEmbedded(url.slice(scheme.length), placeOfEmbedded(url), options);
}

/** The file of that name at `place`; see `openEmbedded`. */
export async function readEmbedded(name: string, place: URL, { platform, signal }: EmbeddedOptions): Promise<ByteSource> {
  const bytes = await bytesAt(place, platform, signal).catch((error: unknown) => {
    if (!(error instanceof OcelliError) || error.code === 'aborted') throw error;
    const advice = `${name} comes with the package: ${adviceFor(place)}`;
    throw new OcelliError(error.code, `${messageOf(error)}; ${advice}`, { cause: error });
  });
  const hash = platform.sha256();
  hash.update(bytes);
  const sha256 = hash.digest();
  const expected = hashInName(name);
  if (expected === undefined || !sha256.startsWith(expected)) {
    throw new OcelliError(
      'integrity',
      `${place.href.slice(0, 200)} has SHA-256 ${sha256.slice(0, 8)}..., ${expected ?? 'one in its name'} is expected: it is no copy of ${name}; ${adviceFor(place)}`,
    );
  }
  return bufferSource(name, bytes);
}

async function bytesAt(place: URL, platform: Platform, signal: AbortSignal | undefined): Promise<Uint8Array> {
  if (place.protocol !== 'file:') return await fetchBytes(place.href, platform, signal);
  const source = await platform.files.open(pathOfFileUrl(place));
  try {
    return await source.read(0, source.size);
  } finally {
    await source.close();
  }
}

function adviceFor(place: URL): string {
  return place.protocol === 'file:'
    ? 'install the package again, or give the weights as a file'
    : 'let the bundler emit what `new URL(..., import.meta.url)` names, or give the weights as an address or bytes';
}

/** Small files from the network into memory. */
import { OcelliError } from '../base/errors.ts';
import type { Platform } from '../platform/platform.ts';

/** The most that is taken into memory, in bytes. */
const MOST = 256 * 2 ** 20;

/**
 * What an address gives.
 * @throws network when it cannot be reached or answers with an error
 * @throws unsupported for more than 256 MiB
 */
export async function fetchBytes(url: string, platform: Platform, signal?: AbortSignal): Promise<Uint8Array> {
  const response = await platform.fetch(url, signal ? { signal } : {});
  if (!response.ok) {
    await response.body?.cancel().catch(() => {});
    throw new OcelliError('network', `${url} answers ${response.status}: check the address`);
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    parts.push(next.value);
    size += next.value.byteLength;
    if (size <= MOST) continue;
    await reader?.cancel();
    throw new OcelliError('unsupported', `${url} gives more than ${MOST} bytes: download it to a file`);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

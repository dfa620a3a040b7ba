/** Writes safetensors files, one tensor after the other. */
import { dtypes } from '../base/dtype.ts';
import { OcelliError } from '../base/errors.ts';
import type { ByteSink } from '../platform/platform.ts';
import { viewOf } from './bytes.ts';
import { limits } from './limits.ts';
import { safetensorsTypes } from './safetensors.ts';
import { byteLengthOf, bytesToWrite, collect, type TensorToWrite } from './tensors.ts';

/**
 * Writes tensors, types of wider elements first so that each is aligned to its element; the header is padded to 8 bytes.
 * Commits the sink, or discards it when anything fails.
 * @param metadata texts for `__metadata__`
 */
export async function writeSafetensors(
  sink: ByteSink,
  tensors: Iterable<TensorToWrite> | AsyncIterable<TensorToWrite>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  try {
    const items = (await collect(tensors)).sort((a, b) => dtypes[b.dtype].size - dtypes[a.dtype].size);
    await sink.write(headerOf(items, metadata));
    for (const item of items) await sink.write(await bytesToWrite(item));
  } catch (error) {
    await sink.discard();
    throw error;
  }
  await sink.commit();
}

function headerOf(items: readonly TensorToWrite[], metadata: ReadonlyMap<string, string>): Uint8Array {
  const fields: string[] = [];
  if (metadata.size > 0) {
    const texts = [...metadata].map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`);
    fields.push(`"__metadata__":{${texts.join(',')}}`);
  }
  let at = 0;
  for (const item of items) {
    if (item.name === '__metadata__') throw new OcelliError('usage', 'safetensors: no tensor can be named "__metadata__"');
    const end = at + byteLengthOf(item);
    const described = { dtype: safetensorsTypes[item.dtype], shape: item.shape, data_offsets: [at, end] };
    fields.push(`${JSON.stringify(item.name)}:${JSON.stringify(described)}`);
    at = end;
  }
  const text = new TextEncoder().encode(`{${fields.join(',')}}`);
  const length = Math.ceil(text.length / 8) * 8;
  if (length > limits.safetensorsHeaderBytes) {
    throw new OcelliError(
      'unsupported',
      `safetensors: a header of ${length} bytes, the format allows ${limits.safetensorsHeaderBytes}`,
    );
  }
  const header = new Uint8Array(8 + length).fill(0x20);
  viewOf(header).setBigUint64(0, BigInt(length), true);
  header.set(text, 8);
  return header;
}

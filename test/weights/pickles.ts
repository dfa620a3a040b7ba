/** Hand-made pickles, archives and damaged files for the hostile-input tests. */

import { memorySink } from '../../src/platform/buffer.ts';
import { ZipWriter } from '../../src/weights/zip-writer.ts';

export type Part = string | number | Uint8Array;

/** Bytes from texts (one byte a character), numbers and arrays. */
export function bytes(...parts: readonly Part[]): Uint8Array {
  const all = new Uint8Array(parts.reduce<number>((sum, part) => sum + (typeof part === 'number' ? 1 : part.length), 0));
  let at = 0;
  for (const part of parts) {
    if (typeof part === 'number') all[at++] = part;
    else if (typeof part === 'string') for (let i = 0; i < part.length; i++) all[at++] = part.charCodeAt(i);
    else {
      all.set(part, at);
      at += part.length;
    }
  }
  return all;
}

export function le32(value: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value, true);
  return out;
}

export function le64(value: number | bigint): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value), true);
  return out;
}

/** BINUNICODE. */
export function text(value: string): Uint8Array {
  const encoded = new TextEncoder().encode(value);
  return bytes('X', le32(encoded.length), encoded);
}

/** BININT. */
export function int(value: number): Uint8Array {
  const out = new Uint8Array(5);
  out[0] = 0x4a;
  new DataView(out.buffer).setInt32(1, value, true);
  return out;
}

/** `torch._utils._rebuild_tensor_v2` over a float32 storage. */
export function tensor(options: {
  readonly key?: string;
  readonly length: Uint8Array;
  readonly offset?: Uint8Array;
  readonly size: readonly Uint8Array[];
  readonly stride: readonly Uint8Array[];
  readonly type?: string;
  readonly tag?: string;
}): Uint8Array {
  const { key = '0', length, offset = int(0), size, stride, type = 'ctorch\nFloatStorage\n', tag = 'storage' } = options;
  return bytes(
    ...['ctorch._utils\n_rebuild_tensor_v2\n((', text(tag), type, text(key), text('cpu'), length, 'tQ', offset],
    ...['(', ...size, 't(', ...stride, 't', 0x89, 'ccollections\nOrderedDict\n)RtR'],
  );
}

/** An archive of torch.save with this pickle and one storage of four float32. */
export async function archive(pickle: Uint8Array, extra: Readonly<Record<string, Uint8Array>> = {}): Promise<Uint8Array> {
  const sink = memorySink();
  const zip = new ZipWriter(sink);
  await zip.add('archive/data.pkl', pickle);
  await zip.add('archive/data/0', new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer));
  for (const [name, contents] of Object.entries(extra)) await zip.add(`archive/${name}`, contents);
  await zip.add('archive/version', bytes('3\n'));
  await zip.finish();
  return sink.bytes();
}

/** A legacy stream with this object pickle and these storages' raw bytes. */
export function legacy(pickle: Uint8Array, keys: readonly string[] = [], storages: readonly Uint8Array[] = []): Uint8Array {
  const head = bytes(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.');
  return bytes(head, 0x80, 2, 'M', 0xe9, 3, '.', 0x80, 2, '}.', pickle, 0x80, 2, '](', ...keys.map(text), 'e.', ...storages);
}

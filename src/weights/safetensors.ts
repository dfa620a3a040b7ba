/**
 * Reads safetensors files: an unsigned 64-bit header length, a JSON header, and the tensors' bytes without gaps.
 * Format: huggingface/safetensors, README.md, "Format".
 */
import { type DType, dtypes } from '../base/dtype.ts';
import { OcelliError } from '../base/errors.ts';
import type { ByteSource } from '../platform/platform.ts';
import { readExact, readInto, uint64At, viewOf } from './bytes.ts';
import { type Checkpoint, finder, type TensorEntry } from './checkpoint.ts';
import { type Json, parseJson } from './json.ts';
import { limits } from './limits.ts';

/** The header's names of the element types. */
export const safetensorsTypes: { readonly [D in DType]: string } = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint64: 'U64',
  uint32: 'U32',
  uint16: 'U16',
  uint8: 'U8',
  bool: 'BOOL',
};

const dtypeOf: ReadonlyMap<string, DType> = new Map(
  (Object.keys(safetensorsTypes) as DType[]).map((dtype) => [safetensorsTypes[dtype], dtype]),
);

interface Entry extends TensorEntry {
  /** From the file's start. */
  readonly begin: number;
  readonly end: number;
}

function counts(value: Json | undefined): number[] | undefined {
  if (!Array.isArray(value) || value.length > limits.dims) return undefined;
  return value.every((item) => typeof item === 'number' && Number.isSafeInteger(item) && item >= 0)
    ? (value as number[])
    : undefined;
}

function parseEntry(source: ByteSource, name: string, value: Json, dataStart: number): Entry {
  const damaged = (why: string): OcelliError =>
    new OcelliError('format', `${source.name}: tensor "${name}": ${why}; the file is damaged`);
  if (!(value instanceof Map)) throw damaged('its description is no object');
  const fields: ReadonlyMap<string, Json> = value;
  const type = fields.get('dtype');
  const shape = counts(fields.get('shape'));
  const offsets = counts(fields.get('data_offsets'));
  for (const key of fields.keys()) {
    if (key !== 'dtype' && key !== 'shape' && key !== 'data_offsets') throw damaged(`unknown field "${key}"`);
  }
  if (typeof type !== 'string') throw damaged('it has no dtype');
  const dtype = dtypeOf.get(type);
  if (dtype === undefined) {
    throw new OcelliError(
      'unsupported',
      `${source.name}: tensor "${name}" has dtype ${type.slice(0, 32)}, known are ${[...dtypeOf.keys()].join(', ')}`,
    );
  }
  if (shape === undefined) throw damaged('its shape is no list of counts');
  const [begin, end] = offsets ?? [];
  if (begin === undefined || end === undefined || offsets?.length !== 2) throw damaged('its data_offsets are no pair of counts');
  const bytes = shape.reduce((product, dim) => product * dim, dtypes[dtype].size);
  if (!Number.isSafeInteger(bytes) || end - begin !== bytes)
    throw damaged(`${type}[${shape.join(', ')}] does not fit bytes ${begin} to ${end}`);
  return { name, dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

/** The tensors cover all bytes after the header, each byte once. */
function checkCoverage(source: ByteSource, entries: readonly Entry[], dataStart: number): void {
  let next = dataStart;
  for (const entry of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== next) {
      const problem = entry.begin < next ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw new OcelliError('format', `${source.name}: tensor "${entry.name}" ${problem}; the file is damaged`);
    }
    next = entry.end;
  }
  if (next !== source.size) {
    throw new OcelliError(
      'format',
      `${source.name}: its tensors end at byte ${next}, the file at ${source.size}; it was cut off or appended to`,
    );
  }
}

function parseMetadata(source: ByteSource, value: Json | undefined): Map<string, string> {
  const metadata = new Map<string, string>();
  if (value === undefined) return metadata;
  if (!(value instanceof Map)) throw new OcelliError('format', `${source.name}: __metadata__ is no object; the file is damaged`);
  for (const [key, text] of value as ReadonlyMap<string, Json>) {
    if (typeof text !== 'string')
      throw new OcelliError('format', `${source.name}: __metadata__.${key} is no text; the file is damaged`);
    metadata.set(key, text);
  }
  return metadata;
}

/** True when the first bytes are a plausible header length and the start of a JSON object. */
export function looksLikeSafetensors(head: Uint8Array): boolean {
  return head.length >= 9 && head[8] === 0x7b && uint64At(viewOf(head), 0) <= limits.safetensorsHeaderBytes;
}

/** @throws format when anything in the header contradicts itself or the file's size */
export async function openSafetensors(source: ByteSource): Promise<Checkpoint> {
  const length = uint64At(viewOf(await readExact(source, 0, 8, source.name)), 0);
  if (length > limits.safetensorsHeaderBytes || length > source.size - 8) {
    throw new OcelliError(
      'format',
      `${source.name}: a header of ${length} bytes in a file of ${source.size}; it was cut off or is no safetensors file`,
    );
  }
  const bytes = await readExact(source, 8, length, source.name);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new OcelliError('format', `${source.name}: the header is not UTF-8; the file is damaged`);
  }
  const header = parseJson(text, `${source.name} (header)`);
  if (!(header instanceof Map)) throw new OcelliError('format', `${source.name}: the header is no object; the file is damaged`);
  const fields: ReadonlyMap<string, Json> = header;
  const metadata = parseMetadata(source, fields.get('__metadata__'));
  const dataStart = 8 + length;
  const entries: Entry[] = [];
  for (const [name, value] of fields) {
    if (name !== '__metadata__') entries.push(parseEntry(source, name, value, dataStart));
  }
  checkCoverage(source, entries, dataStart);
  const places = new Map<TensorEntry, Entry>();
  for (const entry of entries) places.set({ name: entry.name, dtype: entry.dtype, shape: entry.shape }, entry);
  const plain = [...places.keys()];
  const find = finder(source.name, plain);
  return {
    name: source.name,
    format: 'safetensors',
    entries: plain,
    other: [],
    root: { start: 0, end: entries.length, direct: entries.length, children: new Map(), modules: new Map() },
    metadata,
    read: async (wanted) => {
      const { name, dtype, shape, begin, end } = places.get(find(wanted)) as Entry;
      const data = new dtypes[dtype].array((end - begin) / dtypes[dtype].size);
      await readInto(source, begin, new Uint8Array(data.buffer), `${source.name}: ${name}`);
      return { dtype, shape, data };
    },
    close: () => source.close(),
  };
}

/** PyTorch's zip format (torch 1.6 and later) and TorchScript archives: a pickle, and one entry for each storage. */
import { type DType, dtypes } from '../../base/dtype.ts';
import { OcelliError } from '../../base/errors.ts';
import type { ByteSource } from '../../platform/platform.ts';
import { type Region, readExact, regionOf } from '../bytes.ts';
import { PickleReader } from '../pickle/reader.ts';
import { unpickle } from '../pickle/unpickler.ts';
import { PyTuple, type PyValue, Storage } from '../pickle/values.ts';
import { openZipEntry, readZipDirectory, type ZipEntry } from '../zip.ts';
import { storageType, torchHost } from './globals.ts';

export interface Unpickled {
  readonly value: PyValue;
  /** Bytes of all storages that the pickle names. */
  readonly storedBytes: number;
}

/** `('storage', type, key, location, length)`; the location (a device) does not matter. */
interface StorageId {
  readonly dtype: DType;
  readonly key: string;
  readonly length: number;
  /** Legacy files only: a view of the storage. */
  readonly view: PyValue;
}

/** @throws format when a persistent id is no storage */
export function parseStorageId(reader: PickleReader, id: PyValue): StorageId {
  if (!(id instanceof PyTuple) || id.items[0] !== 'storage') {
    throw reader.error('it refers to something outside the file that is no storage');
  }
  const [, type, key, , length, view = null] = id.items;
  const dtype = storageType(reader, type);
  if (dtype === undefined || (typeof key !== 'string' && typeof key !== 'number'))
    throw reader.error('a storage without type or key');
  if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0)
    throw reader.error('a storage whose length is no count');
  return { dtype, key: String(key), length, view };
}

async function isBigEndian(source: ByteSource, entry: ZipEntry | undefined): Promise<boolean> {
  if (entry === undefined) return false;
  const region = await openZipEntry(source, entry);
  const text = new TextDecoder().decode(await readExact(region, 0, Math.min(region.size, 16), source.name));
  if (text !== 'little' && text !== 'big') throw new OcelliError('format', `${source.name}: unknown byte order "${text}"`);
  return text === 'big';
}

/** Pickles up to this many bytes are held in memory to check them; longer ones are streamed unchecked. */
const CHECKED_PICKLE = 64 * 2 ** 20;

/** The pickle, checked against its checksum. */
async function checked(source: ByteSource, region: Region): Promise<Region> {
  if (region.verify === undefined || region.size > CHECKED_PICKLE) return region;
  const whole = await readExact(region, 0, region.size, source.name);
  region.verify(whole);
  return regionOf(whole);
}

/** The folder all entries lie in; every archive of PyTorch has one, named after the file or "archive". */
function folderOf(source: ByteSource, entries: ReadonlyMap<string, ZipEntry>): string {
  for (const name of entries.keys()) {
    const match = /^([^/]*)\/data\.pkl$/.exec(name);
    if (match !== null) return `${match[1]}/`;
  }
  throw new OcelliError(
    'format',
    `${source.name}: a zip file without data.pkl, so no checkpoint of PyTorch; unpack it and give the file inside`,
  );
}

/** Reads the pickle of an archive; storages stay in the file. */
export async function readTorchZip(source: ByteSource): Promise<Unpickled & { readonly script: boolean }> {
  const entries = await readZipDirectory(source);
  const folder = folderOf(source, entries);
  const script = entries.has(`${folder}constants.pkl`);
  const bigEndian = await isBigEndian(source, entries.get(`${folder}byteorder`));
  const storages = new Map<string, Storage>();
  let storedBytes = 0;
  const region = await checked(source, await openZipEntry(source, entries.get(`${folder}data.pkl`) as ZipEntry));
  const reader = new PickleReader(`${source.name} (data.pkl)`, region);

  const persistent = (id: PyValue): Storage => {
    const { dtype, key, length } = parseStorageId(reader, id);
    const known = storages.get(key);
    if (known !== undefined) {
      if (known.dtype !== dtype || known.length !== length) throw reader.error(`the storage "${key}" is described in two ways`);
      return known;
    }
    const entry = entries.get(`${folder}data/${key}`);
    const size = length * dtypes[dtype].size;
    if (entry === undefined) throw reader.error(`the storage "${key}" is missing`);
    if (entry.size < size) throw reader.error(`the storage "${key}" should have ${size} bytes, the file has ${entry.size}`);
    const storage = new Storage({ dtype, length, bigEndian, open: () => openZipEntry(source, entry) });
    storages.set(key, storage);
    storedBytes += size;
    return storage;
  };
  const value = await unpickle(reader, torchHost({ name: source.name, persistent, script }));
  return { value, storedBytes, script };
}

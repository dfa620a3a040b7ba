/** PyTorch's legacy stream (torch 0.1.10 to 1.5): magic, protocol, system and object pickles, then the storages one by one. */
import { dtypes } from '../../base/dtype.ts';
import { OcelliError } from '../../base/errors.ts';
import type { ByteSource } from '../../platform/platform.ts';
import { readExact, slice, viewOf } from '../bytes.ts';
import { PickleReader } from '../pickle/reader.ts';
import { unpickle } from '../pickle/unpickler.ts';
import { PyList, PyTuple, type PyValue, Storage } from '../pickle/values.ts';
import { torchHost } from './globals.ts';
import { parseStorageId, type Unpickled } from './zip-format.ts';

/** The integer every legacy stream starts with. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/** A storage whose place in the file is known once the storages before it have been walked. */
interface Placed {
  readonly storage: Storage;
  readonly bytes: number;
  place: number | undefined;
}

export async function readTorchLegacy(source: ByteSource): Promise<Unpickled> {
  const reader = new PickleReader(source.name, source);
  const placed = new Map<string, Placed>();
  const views = new Map<string, Storage>();

  const persistent = (id: PyValue): Storage => {
    const { dtype, key, length, view } = parseStorageId(reader, id);
    const bytes = length * dtypes[dtype].size;
    if (bytes > source.size) throw reader.error(`the storage "${key}" should have ${bytes} bytes, the file has ${source.size}`);
    let root = placed.get(key);
    if (root === undefined) {
      const open = (): Promise<ReturnType<typeof slice>> => Promise.resolve(slice(source, made.place ?? source.size, bytes));
      const made: Placed = { storage: new Storage({ dtype, length, open }), bytes, place: undefined };
      root = made;
      placed.set(key, root);
    }
    if (root.storage.dtype !== dtype || root.storage.length !== length)
      throw reader.error(`the storage "${key}" is described in two ways`);
    if (view === null) return root.storage;
    return viewOfStorage(reader, views, root, view);
  };

  const host = torchHost({ name: source.name, persistent });
  const magic = await unpickle(reader, host);
  if (magic !== MAGIC) throw reader.error('the magic number of PyTorch is missing');
  const protocol = await unpickle(reader, host);
  if (protocol !== PROTOCOL)
    throw new OcelliError('unsupported', `${source.name}: protocol ${String(protocol)} of PyTorch is unknown`);
  await unpickle(reader, host); // Sizes of C types on the machine that wrote it; storages are little-endian whatever it says.
  const value = await unpickle(reader, host);
  const keys = await unpickle(reader, host);
  if (!(keys instanceof PyList)) throw reader.error('the list of storages is missing');
  await placeStorages(source, reader.position, keys, placed);
  let storedBytes = 0;
  for (const { bytes } of placed.values()) storedBytes += bytes;
  return { value, storedBytes };
}

/** `(key, offset, length)`, in elements of the storage. */
function viewOfStorage(reader: PickleReader, views: Map<string, Storage>, root: Placed, view: PyValue): Storage {
  const [key, offset, length] = view instanceof PyTuple ? view.items : [];
  const valid = (count: PyValue | undefined): count is number =>
    typeof count === 'number' && Number.isSafeInteger(count) && count >= 0;
  if (
    (typeof key !== 'string' && typeof key !== 'number') ||
    !valid(offset) ||
    !valid(length) ||
    offset + length > root.storage.length
  ) {
    throw reader.error('a view of a storage lies outside of it');
  }
  const known = views.get(String(key));
  if (known !== undefined) return known;
  const size = dtypes[root.storage.dtype].size;
  const made = new Storage({
    dtype: root.storage.dtype,
    length,
    open: async () => slice(await root.storage.open(), offset * size, length * size),
  });
  views.set(String(key), made);
  return made;
}

/** After the pickles, each storage: its length in elements (int64) and its bytes. */
async function placeStorages(source: ByteSource, from: number, keys: PyList, placed: ReadonlyMap<string, Placed>): Promise<void> {
  const damaged = (why: string): OcelliError => new OcelliError('format', `${source.name}: damaged checkpoint, ${why}`);
  let at = from;
  for (const key of keys.items) {
    const item = placed.get(String(key));
    if (item === undefined || item.place !== undefined) throw damaged('its list of storages does not fit its tensors');
    const length = viewOf(await readExact(source, at, 8, source.name)).getBigInt64(0, true);
    if (length !== BigInt(item.storage.length))
      throw damaged(`a storage of ${item.storage.length} elements calls itself ${length} long`);
    item.place = at + 8;
    at += 8 + item.bytes;
    if (at > source.size) throw damaged(`it ends after ${source.size} bytes, its storages reach to ${at}; it was cut off`);
  }
  for (const item of placed.values()) {
    if (item.place === undefined) throw damaged('a storage of its tensors is missing');
  }
}

/** PyTorch's oldest format (before 0.1.10): a tar file with the members `storages`, `tensors` and `pickle`. */
import { type DType, dtypes } from '../../base/dtype.ts';
import { OcelliError } from '../../base/errors.ts';
import { paddedSize, parseTarHeader, TAR_BLOCK } from '../../files/tar-header.ts';
import type { ByteSource } from '../../platform/platform.ts';
import { type Region, readExact, slice, uint64At, viewOf } from '../bytes.ts';
import { limits } from '../limits.ts';
import { PickleReader } from '../pickle/reader.ts';
import { unpickle } from '../pickle/unpickler.ts';
import { PyList, type PyTensor, PyTuple, type PyValue, Storage } from '../pickle/values.ts';
import { makeTensor, storageType, torchHost } from './globals.ts';
import type { Unpickled } from './zip-format.ts';

/** The plain files of a tar, by name. */
async function readMembers(source: ByteSource): Promise<ReadonlyMap<string, Region>> {
  const members = new Map<string, Region>();
  for (let at = 0; at + TAR_BLOCK <= source.size; ) {
    const head = await readExact(source, at, TAR_BLOCK, source.name);
    if (head[0] === 0) break;
    const header = parseTarHeader(head);
    if (header === undefined || at + TAR_BLOCK + header.size > source.size || members.size > 1000) {
      throw new OcelliError('format', `${source.name}: damaged tar file at byte ${at}; download it again`);
    }
    members.set(header.name, slice(source, at + TAR_BLOCK, header.size));
    at += TAR_BLOCK + paddedSize(header.size);
  }
  return members;
}

function keyOf(reader: PickleReader, key: PyValue | undefined): string {
  if (typeof key === 'string' || typeof key === 'number' || typeof key === 'bigint') return String(key);
  throw reader.error('a key is no number');
}

function count(reader: PickleReader, value: PyValue | undefined): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= limits.leaves) return value;
  throw reader.error('a count is no count');
}

function tupleItems(reader: PickleReader, value: PyValue): readonly PyValue[] {
  if (value instanceof PyTuple || value instanceof PyList) return value.items;
  throw reader.error('a tuple is expected');
}

/** Reads one member: its pickles follow each other, with raw bytes between. */
class Member {
  readonly region: Region;
  readonly name: string;
  readonly #file: string;
  #position = 0;

  constructor(source: ByteSource, members: ReadonlyMap<string, Region>, name: string) {
    const region = members.get(name);
    if (region === undefined)
      throw new OcelliError('format', `${source.name}: a tar file without "${name}", so no checkpoint of PyTorch`);
    this.region = region;
    this.#file = source.name;
    this.name = `${source.name} (${name})`;
  }

  async pickle(persistent: (id: PyValue) => PyValue): Promise<{ value: PyValue; reader: PickleReader }> {
    const reader = new PickleReader(this.name, this.region, this.#position);
    const value = await unpickle(reader, torchHost({ name: this.#file, persistent }));
    this.#position = reader.position;
    return { value, reader };
  }

  async raw(length: number): Promise<DataView> {
    const bytes = await readExact(this.region, this.#position, length, this.name);
    this.#position += length;
    return viewOf(bytes);
  }

  /** Steps over bytes that stay in the file. */
  skip(length: number): Region {
    if (this.#position + length > this.region.size) throw new OcelliError('format', `${this.name}: it is cut off`);
    const skipped = slice(this.region, this.#position, length);
    this.#position += length;
    return skipped;
  }
}

function noReference(id: PyValue): never {
  throw new OcelliError('format', `damaged checkpoint: a reference (${typeof id}) where none belongs`);
}

async function readStorages(member: Member): Promise<{ storages: Map<string, Storage>; storedBytes: number }> {
  const storages = new Map<string, Storage>();
  const { value, reader } = await member.pickle(noReference);
  let storedBytes = 0;
  for (let left = count(reader, value); left > 0; left--) {
    const described = await member.pickle(noReference);
    const [key, , type] = tupleItems(described.reader, described.value);
    const dtype: DType | undefined = storageType(reader, type);
    if (dtype === undefined) throw described.reader.error('a storage without type');
    const length = uint64At(await member.raw(8), 0);
    const bytes = member.skip(length * dtypes[dtype].size);
    storedBytes += bytes.size;
    storages.set(keyOf(reader, key), new Storage({ dtype, length, open: () => Promise.resolve(bytes) }));
  }
  const views = await member.pickle(noReference);
  for (const view of tupleItems(views.reader, views.value)) {
    const [key, rootKey, offset, length] = tupleItems(views.reader, view);
    const root = storages.get(keyOf(reader, rootKey));
    const from = count(reader, offset);
    const size = count(reader, length);
    if (root === undefined || from + size > root.length) throw views.reader.error('a view of a storage lies outside of it');
    const width = dtypes[root.dtype].size;
    const open = async (): Promise<Region> => slice(await root.open(), from * width, size * width);
    storages.set(keyOf(reader, key), new Storage({ dtype: root.dtype, length: size, open }));
  }
  return { storages, storedBytes };
}

/** Each tensor: `(key, storage key, type)`, the number of dims (int32, 4 bytes unused), sizes, strides and offset (int64). */
async function readTensors(member: Member, storages: ReadonlyMap<string, Storage>): Promise<Map<string, PyTensor>> {
  const tensors = new Map<string, PyTensor>();
  const { value, reader } = await member.pickle(noReference);
  for (let left = count(reader, value); left > 0; left--) {
    const described = await member.pickle(noReference);
    const [key, storageKey] = tupleItems(described.reader, described.value);
    const dims = (await member.raw(8)).getInt32(0, true);
    if (dims < 0 || dims > limits.dims) throw described.reader.error(`a tensor of ${dims} dimensions`);
    const numbers = await member.raw(16 * dims + 8);
    const at = (i: number): number => Number(numbers.getBigInt64(8 * i, true));
    const size = new PyTuple(Array.from({ length: dims }, (_, i) => at(i)));
    const stride = new PyTuple(Array.from({ length: dims }, (_, i) => at(dims + i)));
    const storage = storages.get(keyOf(reader, storageKey));
    tensors.set(keyOf(reader, key), makeTensor(described.reader, storage, at(2 * dims), size, stride));
  }
  return tensors;
}

export async function readTorchTar(source: ByteSource): Promise<Unpickled> {
  const members = await readMembers(source);
  const { storages, storedBytes } = await readStorages(new Member(source, members, 'storages'));
  const tensors = await readTensors(new Member(source, members, 'tensors'), storages);
  const member = new Member(source, members, 'pickle');
  const { value } = await member.pickle((id) => {
    const known = typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint' ? String(id) : '';
    const found = tensors.get(known) ?? storages.get(known);
    if (found === undefined)
      throw new OcelliError('format', `${source.name}: damaged checkpoint, it refers to a tensor that is missing`);
    return found;
  });
  return { value, storedBytes };
}

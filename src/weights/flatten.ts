/** Turns an unpickled value into named tensors, other leaves and the containers around them. */
import { dtypes } from '../base/dtype.ts';
import { OcelliError } from '../base/errors.ts';
import { describeTensor, elementCount } from '../base/tensor.ts';
import type { Container, JsonValue, OtherEntry, TensorEntry } from './checkpoint.ts';
import { limits } from './limits.ts';
import {
  NumpyArray,
  NumpyDType,
  PyBag,
  PyDict,
  PyGlobal,
  PyLeaf,
  PyList,
  PySet,
  PyTensor,
  PyTuple,
  type PyValue,
  Storage,
} from './pickle/values.ts';

export interface Flat {
  readonly entries: readonly TensorEntry[];
  /** Where each entry's values lie. */
  readonly tensors: ReadonlyMap<TensorEntry, PyTensor>;
  readonly other: readonly OtherEntry[];
  readonly root: Container;
}

/** A key as Python's `str` shows it. */
function keyText(key: PyValue, depth = 0): string {
  if (key === null) return 'None';
  if (typeof key === 'boolean') return key ? 'True' : 'False';
  if (key instanceof PyTuple && depth < 8) return `(${key.items.map((item) => keyText(item, depth + 1)).join(', ')})`;
  if (key instanceof PyLeaf) return key.text;
  if (key instanceof PyGlobal) return key.name;
  if (key instanceof Uint8Array) return new TextDecoder('latin1').decode(key);
  return typeof key === 'object' ? 'object' : String(key);
}

/** A plain number or text as JSON. */
function plain(value: null | boolean | number | bigint | string): JsonValue {
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** Items of a container by key; undefined for leaves. */
function* childrenOf(value: PyDict | PyList | PyTuple | PyBag): Generator<readonly [string, PyValue]> {
  if (value instanceof PyDict || value instanceof PyBag) {
    for (const [key, item] of (value instanceof PyBag ? value.attributes : value).items()) yield [keyText(key), item];
  } else {
    for (let i = 0; i < value.items.length; i++) yield [String(i), value.items[i] as PyValue];
  }
}

function isContainer(value: PyValue): value is PyDict | PyList | PyTuple | PyBag {
  return value instanceof PyDict || value instanceof PyList || value instanceof PyTuple || value instanceof PyBag;
}

class Flattener {
  readonly entries: TensorEntry[] = [];
  readonly tensors = new Map<TensorEntry, PyTensor>();
  readonly other: OtherEntry[] = [];
  readonly #file: string;
  readonly #open = new Set<PyValue>();
  #visits = 0;
  #characters = 0;

  constructor(file: string) {
    this.#file = file;
  }

  #refuse(why: string): OcelliError {
    return new OcelliError('format', `${this.#file}: refused, ${why}; save the state dict alone`);
  }

  /** Counts a value; the same value counts every time it is reached. */
  #visit(characters: number): void {
    this.#characters += characters;
    if (++this.#visits > limits.leaves) throw this.#refuse(`it has more than ${limits.leaves} values`);
    if (this.#characters > limits.nameCharacters) throw this.#refuse('the names of its values are enormous');
  }

  walk(value: PyValue, name: string): Container | undefined {
    this.#visit(name.length);
    const tensor = value instanceof NumpyArray ? value.contents : value;
    if (tensor instanceof PyTensor) {
      const entry = { name, dtype: tensor.dtype, shape: tensor.shape };
      this.entries.push(entry);
      this.tensors.set(entry, tensor);
      return undefined;
    }
    if (!isContainer(value)) {
      this.other.push({ name, value: this.#describe(value) });
      return undefined;
    }
    if (this.#open.has(value)) throw this.#refuse(`"${name.slice(0, 200)}" contains itself`);
    if (this.#open.size >= limits.depth) throw this.#refuse(`it has more than ${limits.depth} containers inside each other`);
    this.#open.add(value);
    const container = this.#walkItems(value, name);
    this.#open.delete(value);
    return container;
  }

  #walkItems(value: PyDict | PyList | PyTuple | PyBag, name: string): Container {
    const start = this.entries.length;
    const children = new Map<string, Container>();
    let direct = 0;
    let empty = true;
    for (const [key, item] of childrenOf(value)) {
      empty = false;
      const before = this.entries.length;
      const child = this.walk(item, name === '' ? key : `${name}.${key}`);
      if (child !== undefined) children.set(key, child);
      else direct += this.entries.length - before;
    }
    if (empty) this.other.push({ name, value: value instanceof PyList || value instanceof PyTuple ? [] : {} });
    const metadata = value instanceof PyDict ? value.attributes?.get('_metadata') : undefined;
    return { start, end: this.entries.length, direct, children, modules: this.#modules(metadata) };
  }

  #modules(metadata: PyValue | undefined): Map<string, JsonValue> {
    const modules = new Map<string, JsonValue>();
    if (!(metadata instanceof PyDict)) return modules;
    for (const [key, value] of metadata.items()) modules.set(keyText(key), this.#describe(value));
    return modules;
  }

  /** A leaf, or a container where only its description counts, as JSON. */
  #describe(value: PyValue, depth = 0): JsonValue {
    this.#visit(typeof value === 'string' ? value.length : 1);
    if (depth > limits.depth) throw this.#refuse(`it has more than ${limits.depth} containers inside each other`);
    if (value instanceof Uint8Array) return { type: 'bytes', length: value.length };
    if (value instanceof PyLeaf) return value.text;
    if (value instanceof PyGlobal) return value.name;
    if (value instanceof NumpyDType) return `numpy.dtype(${value.kind}${value.size})`;
    if (value instanceof Storage) return { type: 'storage', dtype: value.dtype, length: value.length };
    if (value instanceof NumpyArray) return value.contents === undefined ? 'numpy.ndarray' : describeTensor(value.contents);
    if (value instanceof PyTensor) return describeTensor(value);
    if (value instanceof PySet) return value.items.map((item) => this.#describe(item, depth + 1));
    if (value instanceof PyList || value instanceof PyTuple) return value.items.map((item) => this.#describe(item, depth + 1));
    if (value instanceof PyDict || value instanceof PyBag) {
      return Object.fromEntries([...childrenOf(value)].map(([key, item]) => [key, this.#describe(item, depth + 1)]));
    }
    return plain(value);
  }
}

const leaf: Container = { start: 0, end: 1, direct: 1, children: new Map(), modules: new Map() };

/**
 * Flattens what a file holds.
 * @param storedBytes what the tensors' storages take in the file
 * @throws format when it is nested too deep, contains itself, or unfolds to far more than the file holds
 */
export function flatten(file: string, value: PyValue, storedBytes: number): Flat {
  const flattener = new Flattener(file);
  const root = flattener.walk(value, '') ?? leaf;
  const { entries, tensors, other } = flattener;
  const bytes = entries.reduce((sum, entry) => sum + elementCount(entry.shape) * dtypes[entry.dtype].size, 0);
  if (bytes > Math.max(limits.expansion * storedBytes, limits.expandedBytes)) {
    throw new OcelliError(
      'format',
      `${file}: refused, its tensors unfold to ${bytes} bytes from ${storedBytes} stored; save contiguous tensors`,
    );
  }
  return {
    entries,
    tensors,
    other,
    root: entries.length === 0 ? { ...root, end: 0, direct: root === leaf ? 0 : root.direct } : root,
  };
}

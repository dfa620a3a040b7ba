/** Python values as the restricted unpickler makes them: plain data, no behaviour, no JavaScript objects as dictionaries. */
import type { DType } from '../../base/dtype.ts';
import { OcelliError } from '../../base/errors.ts';
import type { Region } from '../bytes.ts';
import { limits } from '../limits.ts';

export type PyValue = null | boolean | number | bigint | string | Uint8Array | PyObject;

/** Whatever is not a plain JavaScript value. */
export type PyObject =
  | PyList
  | PyTuple
  | PyDict
  | PySet
  | PyBag
  | PyGlobal
  | PyLeaf
  | PyTensor
  | Storage
  | NumpyArray
  | NumpyDType;

export class PyList {
  readonly items: PyValue[];
  constructor(items: PyValue[]) {
    this.items = items;
  }
}

export class PyTuple {
  readonly items: readonly PyValue[];
  constructor(items: readonly PyValue[]) {
    this.items = items;
  }
}

/** A dict, OrderedDict, defaultdict or Counter; `attributes` is what was set on the object itself (`_metadata`). */
export class PyDict {
  readonly #items = new Map<unknown, readonly [PyValue, PyValue]>();
  /** What stands for a tuple or byte string among the keys, by its text. */
  #tokens: Map<string, object> | undefined;
  attributes: PyDict | undefined;

  /** Python's equality of keys: by value, `True` and `1` the same; objects by identity. */
  #hash(key: PyValue): unknown {
    if (typeof key === 'boolean') return Number(key);
    if (typeof key === 'bigint') return Number.isSafeInteger(Number(key)) ? Number(key) : key;
    if (typeof key !== 'object' || key === null) return key;
    if (key instanceof PyList || key instanceof PyDict || key instanceof PySet) {
      throw new OcelliError('format', 'damaged pickle: a dictionary key is a container');
    }
    if (!(key instanceof PyTuple || key instanceof Uint8Array)) return key;
    const text = textOf(key, { left: 4096 });
    this.#tokens ??= new Map();
    const token = this.#tokens.get(text) ?? {};
    this.#tokens.set(text, token);
    return token;
  }

  set(key: PyValue, value: PyValue): void {
    const hash = this.#hash(key);
    const before = this.#items.get(hash);
    this.#items.set(hash, [before === undefined ? key : before[0], value]);
  }

  get(key: PyValue): PyValue | undefined {
    return this.#items.get(this.#hash(key))?.[1];
  }

  get size(): number {
    return this.#items.size;
  }

  /** Pairs in the order of insertion. */
  items(): IterableIterator<readonly [PyValue, PyValue]> {
    return this.#items.values();
  }
}

export class PySet {
  readonly items: PyValue[];
  constructor(items: PyValue[]) {
    this.items = items;
  }
}

/** An object that is nothing but its attributes (argparse.Namespace, modules of TorchScript). */
export class PyBag {
  readonly type: string;
  readonly attributes: PyDict = new PyDict();
  constructor(type: string) {
    this.type = type;
  }
}

/** A class or function by name; what it may do is looked up in the table of allowed globals. */
export class PyGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A value that only matters as text: a device, a path, a complex number. */
export class PyLeaf {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A run of elements in the file or in memory that tensors are views of. */
export interface StorageParts {
  readonly dtype: DType;
  /** Elements. */
  readonly length: number;
  /** Its bytes; called when a tensor is read, after the whole file has been understood. */
  readonly open: () => Promise<Region>;
  /** Elements are stored most significant byte first. */
  readonly bigEndian?: boolean;
}

export class Storage implements StorageParts {
  readonly dtype: DType;
  readonly length: number;
  readonly open: () => Promise<Region>;
  readonly bigEndian: boolean;
  constructor(parts: StorageParts) {
    this.dtype = parts.dtype;
    this.length = parts.length;
    this.open = parts.open;
    this.bigEndian = parts.bigEndian ?? false;
  }
}

/** A strided view of a storage; strides and offset in elements, checked to stay inside. */
export class PyTensor {
  readonly dtype: DType;
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(dtype: DType, storage: Storage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.dtype = dtype;
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** A numpy array between its making and the BUILD that gives it contents. */
export class NumpyArray {
  contents: PyTensor | undefined;
}

/** A numpy dtype: kind ("b", "i", "u", "f", "S", "U", "O", ...), bytes of an element, byte order. */
export class NumpyDType {
  readonly kind: string;
  readonly size: number;
  bigEndian = false;
  constructor(kind: string, size: number) {
    this.kind = kind;
    this.size = size;
  }
}

/** The text two equal tuples or byte strings share. */
function textOf(key: PyValue, budget: { left: number }, depth = 0): string {
  budget.left -= 1 + (typeof key === 'string' || key instanceof Uint8Array ? key.length : 0);
  if (budget.left < 0 || depth > limits.depth) {
    throw new OcelliError('unsupported', 'the pickle has a dictionary key of enormous size; save the state dict alone');
  }
  if (key instanceof PyTuple) return `(${key.items.map((item) => textOf(item, budget, depth + 1)).join()})`;
  if (key instanceof Uint8Array) return `b${key.join(' ')}`;
  if (typeof key === 'string') return `s${key.length}:${key}`;
  if (typeof key !== 'object' || key === null) return String(typeof key === 'boolean' ? Number(key) : key);
  throw new OcelliError('unsupported', 'the pickle has a tuple of objects as a dictionary key; save the state dict alone');
}

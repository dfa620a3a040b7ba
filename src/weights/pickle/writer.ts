/** Writes the one kind of pickle a `.pth` file needs: an OrderedDict of tensors, protocol 2. */
import type { DType } from '../../base/dtype.ts';
import { elementCount } from '../../base/tensor.ts';
import { contiguousStrides } from '../strided.ts';

/** How PyTorch names a storage; types without a storage class of their own lie in untyped ones. */
const storageNames: { readonly [D in DType]: string } = {
  float64: 'DoubleStorage',
  float32: 'FloatStorage',
  float16: 'HalfStorage',
  bfloat16: 'BFloat16Storage',
  int64: 'LongStorage',
  int32: 'IntStorage',
  int16: 'ShortStorage',
  int8: 'CharStorage',
  uint8: 'ByteStorage',
  bool: 'BoolStorage',
  uint64: '',
  uint32: '',
  uint16: '',
};

/** Grows as bytes are added. */
class Stream {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  #reserve(more: number): number {
    const at = this.#length;
    if (at + more > this.#bytes.length) {
      const bigger = new Uint8Array(2 * (at + more));
      bigger.set(this.#bytes.subarray(0, at));
      this.#bytes = bigger;
      this.#view = new DataView(bigger.buffer);
    }
    this.#length += more;
    return at;
  }

  /** Opcodes, as their characters. */
  code(text: string): void {
    const at = this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[at + i] = text.charCodeAt(i);
  }

  global(module: string, name: string): void {
    this.code(`c${module}\n${name}\n`);
  }

  text(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.code('X');
    const at = this.#reserve(4 + encoded.length);
    this.#view.setUint32(at, encoded.length, true);
    this.#bytes.set(encoded, at + 4);
  }

  integer(value: number): void {
    if (value < 2 ** 31) {
      this.code('J');
      const at = this.#reserve(4);
      this.#view.setInt32(at, value, true);
    } else {
      this.code('\x8a\x08');
      const at = this.#reserve(8);
      this.#view.setBigInt64(at, BigInt(value), true);
    }
  }

  integers(values: readonly number[]): void {
    this.code('(');
    for (const value of values) this.integer(value);
    this.code('t');
  }

  orderedDict(): void {
    this.global('collections', 'OrderedDict');
    this.code(')R');
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

export interface PickledTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** `torch._utils._rebuild_tensor_v2(storage, 0, size, stride, False, OrderedDict())`, or v3 with the type for unsigned ones. */
function writeTensor(stream: Stream, tensor: PickledTensor, key: number, itemSize: number): void {
  const storage = storageNames[tensor.dtype];
  const count = elementCount(tensor.shape);
  stream.global('torch._utils', storage === '' ? '_rebuild_tensor_v3' : '_rebuild_tensor_v2');
  stream.code('((');
  stream.text('storage');
  if (storage === '') stream.global('torch.storage', 'UntypedStorage');
  else stream.global('torch', storage);
  stream.text(String(key));
  stream.text('cpu');
  stream.integer(storage === '' ? count * itemSize : count);
  stream.code('tQ');
  stream.integer(0);
  stream.integers(tensor.shape);
  stream.integers(contiguousStrides(tensor.shape));
  stream.code('\x89');
  stream.orderedDict();
  if (storage === '') stream.global('torch', tensor.dtype);
  stream.code('tR');
}

/**
 * The pickle of an OrderedDict whose tensor number i lies in storage `i`.
 * @param versions `_metadata`: the version of each module by its path
 */
export function pickleStateDict(
  tensors: readonly PickledTensor[],
  itemSize: (dtype: DType) => number,
  versions: ReadonlyMap<string, number>,
): Uint8Array {
  const stream = new Stream();
  stream.code('\x80\x02');
  stream.orderedDict();
  stream.code('(');
  tensors.forEach((tensor, key) => {
    stream.text(tensor.name);
    writeTensor(stream, tensor, key, itemSize(tensor.dtype));
  });
  stream.code('u');
  if (versions.size > 0) {
    stream.code('}');
    stream.text('_metadata');
    stream.orderedDict();
    stream.code('(');
    for (const [path, version] of versions) {
      stream.text(path);
      stream.code('}');
      stream.text('version');
      stream.integer(version);
      stream.code('s');
    }
    stream.code('usb');
  }
  stream.code('.');
  return stream.finish();
}

/** numpy's allowed globals: arrays, scalars and dtypes, as numpy pickles them. */
import { type DType, dtypes } from '../../base/dtype.ts';
import { OcelliError } from '../../base/errors.ts';
import { elementCount } from '../../base/tensor.ts';
import { regionOf } from '../bytes.ts';
import { contiguousStrides } from '../strided.ts';
import { badCall, type Call, wholeNumbers } from './globals.ts';
import type { Machine } from './machine.ts';
import { NumpyArray, NumpyDType, PyGlobal, PyTensor, PyTuple, type PyValue, Storage } from './values.ts';

const kinds: ReadonlyMap<string, DType> = new Map([
  ['b1', 'bool'],
  ['i1', 'int8'],
  ['i2', 'int16'],
  ['i4', 'int32'],
  ['i8', 'int64'],
  ['u1', 'uint8'],
  ['u2', 'uint16'],
  ['u4', 'uint32'],
  ['u8', 'uint64'],
  ['f2', 'float16'],
  ['f4', 'float32'],
  ['f8', 'float64'],
]);

/** `numpy.dtype('f4', False, True)`; a byte-order mark may stand before the kind. */
const dtype: Call = (args, machine) => {
  const [code] = args;
  if (code instanceof NumpyDType) return code;
  const match = typeof code === 'string' ? /^([<>=|]?)([a-zA-Z?])(\d{0,9})$/.exec(code) : null;
  if (match === null) throw badCall(machine, 'numpy.dtype');
  machine.charge(128);
  const [, order, kind, size] = match as unknown[] as [string, string, string, string];
  const made = kind === '?' ? new NumpyDType('b', 1) : new NumpyDType(kind, size === '' ? 0 : Number(size));
  made.bigEndian = order === '>';
  return made;
};

/** Contents in C order, or in Fortran order with the strides to match. */
function makeTensor(machine: Machine, type: NumpyDType, shape: readonly number[], fortran: boolean, bytes: Uint8Array): PyTensor {
  const name = kinds.get(`${type.kind}${type.size}`);
  if (name === undefined) {
    throw new OcelliError(
      'unsupported',
      `${machine.reader.name}: a numpy array of dtype ${type.kind}${type.size}; convert it to numbers before saving`,
    );
  }
  if (elementCount(shape) * dtypes[name].size !== bytes.length) {
    throw machine.reader.error(`a numpy array of shape [${shape.join(', ')}] comes with ${bytes.length} bytes`);
  }
  const storage = new Storage({
    dtype: name,
    length: bytes.length / dtypes[name].size,
    open: () => Promise.resolve(regionOf(bytes)),
    bigEndian: type.bigEndian,
  });
  const strides = fortran ? contiguousStrides([...shape].reverse()).reverse() : contiguousStrides(shape);
  machine.charge(512);
  return new PyTensor(name, storage, 0, shape, strides);
}

/** Bytes as pickled by Python 3, or as a text of Python 2, which was read as UTF-8. */
function rawBytes(machine: Machine, value: PyValue | undefined): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string') return undefined;
  machine.charge(2 * value.length);
  return new TextEncoder().encode(value);
}

/** `numpy.core.multiarray.scalar(dtype, bytes)`: a 0-d tensor, or a text. */
const scalar: Call = (args, machine) => {
  const [type, value] = args;
  const bytes = rawBytes(machine, value);
  if (!(type instanceof NumpyDType) || bytes === undefined) throw badCall(machine, 'numpy scalar');
  machine.charge(256);
  if (type.kind === 'U' && bytes.length === type.size * 4 && bytes.length <= 65536) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const codes = Array.from({ length: type.size }, (_, i) => view.getUint32(4 * i, !type.bigEndian));
    if (codes.some((code) => code > 0x10ffff)) throw badCall(machine, 'numpy scalar');
    return codes
      .map((code) => String.fromCodePoint(code))
      .join('')
      .replace(/\0+$/, '');
  }
  if (type.kind === 'S') return bytes;
  return makeTensor(machine, type, [], false, bytes);
};

const reconstruct: Call = (args, machine) => {
  if (!(args[0] instanceof PyGlobal) || args[0].name !== 'numpy.ndarray') throw badCall(machine, 'numpy _reconstruct');
  machine.charge(128);
  return new NumpyArray();
};

/** `numpy.core.numeric._frombuffer(buffer, dtype, shape, order)` of protocol 5. */
const frombuffer: Call = (args, machine) => {
  const [buffer, type, shape, order] = args;
  const dims = wholeNumbers(shape);
  if (!(buffer instanceof Uint8Array) || !(type instanceof NumpyDType) || dims === undefined)
    throw badCall(machine, 'numpy _frombuffer');
  return makeTensor(machine, type, dims, order === 'F', buffer);
};

const notCallable: Call = (_, machine) => {
  throw badCall(machine, 'numpy.ndarray');
};

/** numpy's allowed globals, under the module names of numpy 1 and 2. */
export const numpyGlobals: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['numpy.dtype', dtype],
  ['numpy.ndarray', notCallable],
  ...['numpy.core', 'numpy._core'].flatMap((core): (readonly [string, Call])[] => [
    [`${core}.multiarray.scalar`, scalar],
    [`${core}.multiarray._reconstruct`, reconstruct],
    [`${core}.numeric._frombuffer`, frombuffer],
  ]),
]);

/** Gives arrays their contents and dtypes their byte order. */
export function buildNumpy(target: PyValue, state: PyValue, machine: Machine): PyValue | undefined {
  if (!(state instanceof PyTuple)) return undefined;
  if (target instanceof NumpyDType) {
    target.bigEndian = state.items[1] === '>';
    const size = state.items[5];
    if (target.size === 0 && typeof size === 'number' && size >= 0) {
      const sized = new NumpyDType(target.kind, target.kind === 'U' ? size / 4 : size);
      sized.bigEndian = target.bigEndian;
      return sized;
    }
    return target;
  }
  if (target instanceof NumpyArray) {
    const [, shape, type, fortran, contents] = state.items;
    const dims = wholeNumbers(shape);
    if (!(type instanceof NumpyDType) || dims === undefined)
      throw machine.reader.error('the state of a numpy array makes no sense');
    const bytes = rawBytes(machine, contents);
    if (bytes === undefined) {
      throw new OcelliError(
        'unsupported',
        `${machine.reader.name}: a numpy array of objects; convert it to numbers before saving`,
      );
    }
    target.contents = makeTensor(machine, type, dims, fortran === true, bytes);
    return target;
  }
  return undefined;
}

/** The allow-list of Python: the globals a checkpoint may name that hold data and do nothing. */
import type { OcelliError } from '../../base/errors.ts';
import { limits } from '../limits.ts';
import type { Machine } from './machine.ts';
import { PyBag, PyDict, PyGlobal, PyLeaf, PyList, PySet, PyTuple, type PyValue } from './values.ts';

/** What calling an allowed global gives. */
export type Call = (args: readonly PyValue[], machine: Machine) => PyValue;

/** Error of a call whose arguments make no sense. */
export function badCall(machine: Machine, what: string): OcelliError {
  return machine.reader.error(`${what} is called with arguments it does not take`);
}

/** The items of a list, tuple, set or nothing, as a copy that was paid for. */
function itemsOf(machine: Machine, what: string, value: PyValue | undefined): PyValue[] {
  if (value === undefined) return [];
  if (!(value instanceof PyList || value instanceof PyTuple || value instanceof PySet)) throw badCall(machine, what);
  machine.charge(64 + 8 * value.items.length);
  return [...value.items];
}

/** A dictionary from nothing, another one, or a list of pairs (as Python 2 saved an OrderedDict). */
function makeDict(args: readonly PyValue[], machine: Machine): PyDict {
  const made = machine.dict();
  const [from] = args;
  if (from === undefined) return made;
  if (args.length > 1) throw badCall(machine, 'dict');
  if (from instanceof PyDict) {
    for (const [key, value] of from.items()) machine.setItems(made, [key, value]);
    return made;
  }
  for (const pair of itemsOf(machine, 'dict', from)) {
    const [key, value, ...rest] = itemsOf(machine, 'dict', pair);
    if (key === undefined || value === undefined || rest.length > 0) throw badCall(machine, 'dict');
    machine.setItems(made, [key, value]);
  }
  return made;
}

/** `bytes`, `_codecs.encode`: a text's characters as bytes, latin-1 (how protocol 2 saves bytes). */
function encode(args: readonly PyValue[], machine: Machine): Uint8Array {
  const [text, encoding] = args;
  if (text === undefined && args.length === 0) return new Uint8Array(0);
  if (text instanceof Uint8Array) return text;
  const known = encoding === 'latin1' || encoding === 'latin-1' || encoding === 'iso-8859-1';
  if (typeof text !== 'string' || (!known && encoding !== 'utf-8' && encoding !== 'ascii'))
    throw badCall(machine, '_codecs.encode');
  machine.charge(3 * text.length + 64);
  if (!known) return new TextEncoder().encode(text);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) throw badCall(machine, '_codecs.encode');
    bytes[i] = code;
  }
  return bytes;
}

function bytearray(args: readonly PyValue[], machine: Machine): Uint8Array {
  const [first] = args;
  if (first instanceof PyList) {
    machine.charge(first.items.length + 64);
    return Uint8Array.from(first.items, (item) => (typeof item === 'number' ? item : 0));
  }
  return encode(args, machine);
}

/** The object a call was given, unchanged: `int`, `float`, `str` and their like hold plain values. */
function plain(what: string, empty: PyValue): Call {
  return (args, machine) => {
    const [value = empty] = args;
    if (args.length > 1 || (typeof value === 'object' && value !== null)) throw badCall(machine, what);
    return value;
  };
}

/** A path's parts, joined. */
function path(args: readonly PyValue[], machine: Machine): PyLeaf {
  const parts = args.map((part) => {
    if (typeof part !== 'string') throw badCall(machine, 'pathlib.Path');
    return part;
  });
  machine.charge(parts.reduce((sum, part) => sum + 2 * part.length, 64));
  return new PyLeaf(parts.join('/').replace(/^\/\//, '/'));
}

function numbers(type: string): Call {
  return (args, machine) => {
    const texts = args.map((part) => {
      if (typeof part !== 'number') throw badCall(machine, type);
      return String(part);
    });
    if (texts.length > 8) throw badCall(machine, type);
    return new PyLeaf(`${type}(${texts.join(', ')})`);
  };
}

function bag(type: string): Call {
  return (args, machine) => {
    if (args.length > 0) throw badCall(machine, type);
    machine.charge(512);
    return new PyBag(type);
  };
}

/** `copyreg._reconstructor(type, base, state)`: how protocols 0 and 1 make an object without arguments. */
function reconstruct(args: readonly PyValue[], machine: Machine): PyValue {
  if (!(args[0] instanceof PyGlobal) || args.length !== 3 || args[2] !== null) throw badCall(machine, 'copyreg._reconstructor');
  return machine.host.call(args[0], [], machine);
}

function typeOnly(name: string): Call {
  return (_, machine) => {
    throw badCall(machine, name);
  };
}

const list: Call = (args, machine) => new PyList(itemsOf(machine, 'list', args[0]));
const set: Call = (args, machine) => new PySet(itemsOf(machine, 'set', args[0]));
const tuple: Call = (args, machine) => new PyTuple(itemsOf(machine, 'tuple', args[0]));

const builtins: readonly (readonly [string, Call])[] = [
  ['list', list],
  ['tuple', tuple],
  ['set', set],
  ['frozenset', set],
  ['dict', makeDict],
  ['bytes', encode],
  ['bytearray', bytearray],
  ['int', plain('int', 0)],
  ['long', plain('long', 0)],
  ['float', plain('float', 0)],
  ['bool', plain('bool', false)],
  ['str', plain('str', '')],
  ['unicode', plain('unicode', '')],
  ['complex', numbers('complex')],
  ['slice', numbers('slice')],
  ['range', numbers('range')],
  ['object', typeOnly('object')],
];

/** Python's own allowed globals, with the names of Python 2 and 3. */
export const pythonGlobals: ReadonlyMap<string, Call> = new Map<string, Call>([
  ...builtins.map(([name, run]) => [`builtins.${name}`, run] as const),
  ...builtins.map(([name, run]) => [`__builtin__.${name}`, run] as const),
  ['collections.OrderedDict', makeDict],
  ['collections.Counter', makeDict],
  ['collections.defaultdict', (args, machine) => makeDict(args.slice(1), machine)],
  ['collections.deque', list],
  ['_codecs.encode', encode],
  ['copyreg._reconstructor', reconstruct],
  ['copy_reg._reconstructor', reconstruct],
  ['argparse.Namespace', bag('argparse.Namespace')],
  ['types.SimpleNamespace', bag('types.SimpleNamespace')],
  ...['PosixPath', 'WindowsPath', 'PurePosixPath', 'PureWindowsPath', 'Path'].flatMap((name): (readonly [string, Call])[] => [
    [`pathlib.${name}`, path],
    [`pathlib._local.${name}`, path],
  ]),
]);

/** Sets what an object was saved with: attributes of a bag or of a dictionary's object. */
export function buildPlain(target: PyValue, state: PyValue, machine: Machine): PyValue | undefined {
  if (target instanceof PyBag && state instanceof PyDict) {
    for (const [key, value] of state.items()) machine.setItems(target.attributes, [key, value]);
    return target;
  }
  if (target instanceof PyDict && state instanceof PyDict) {
    target.attributes = state;
    return target;
  }
  return undefined;
}

/** Non-negative whole numbers, of a list or tuple; undefined when it is anything else. */
export function wholeNumbers(value: PyValue | undefined): number[] | undefined {
  if (!(value instanceof PyTuple || value instanceof PyList) || value.items.length > limits.dims) return undefined;
  const numbers: number[] = [];
  for (const item of value.items) {
    if (typeof item !== 'number' || !Number.isSafeInteger(item) || item < 0) return undefined;
    numbers.push(item);
  }
  return numbers;
}

/** What each opcode of protocols 0 to 5 does. */
import { OcelliError } from '../../base/errors.ts';
import { decimal, index, line, long, oldText, quoted, rawUnicode, textFloat, textOf } from './arguments.ts';
import type { Machine } from './machine.ts';
import { PyDict, type PyGlobal, PyList, PySet, PyTuple, type PyValue } from './values.ts';

function list(machine: Machine, items: PyValue[]): PyList {
  machine.charge(64 + 8 * items.length);
  return new PyList(items);
}

function tuple(machine: Machine, items: readonly PyValue[]): PyTuple {
  machine.charge(64 + 8 * items.length);
  return new PyTuple(items);
}

function dictOf(machine: Machine, pairs: readonly PyValue[]): PyDict {
  const made = machine.dict();
  machine.setItems(made, pairs);
  return made;
}

function append(machine: Machine, items: readonly PyValue[]): void {
  const target = machine.top();
  if (!(target instanceof PyList)) throw machine.reader.error('it appends to something that is no list');
  machine.charge(8 * items.length);
  for (const item of items) target.items.push(item);
}

function global(machine: Machine, module: PyValue, name: PyValue): PyGlobal {
  if (typeof module !== 'string' || typeof name !== 'string') throw machine.reader.error('the name of a global is no text');
  machine.charge(64);
  return machine.host.global(`${module}.${name}`);
}

function call(machine: Machine, callable: PyValue, args: PyValue): PyValue {
  if (!(args instanceof PyTuple)) throw machine.reader.error('the arguments of a call are no tuple');
  machine.charge(256);
  return machine.host.call(callable, args.items, machine);
}

/** INST and OBJ: a class and its arguments since the mark. */
function instance(machine: Machine, type: PyValue, args: readonly PyValue[]): PyValue {
  machine.charge(256);
  return machine.host.call(type, args, machine);
}

function refuse(machine: Machine, what: string): never {
  throw new OcelliError(
    'unsupported',
    `${machine.reader.name}: its pickle uses ${what}; save the state dict with torch.save(model.state_dict(), path)`,
  );
}

export type Opcode = (machine: Machine) => void;

/** Every opcode, by its byte. Each reads its arguments before it changes anything, so that it can be run again after an underrun. */
const table: readonly (readonly [code: string | number, run: Opcode])[] = [
  ['(', (m) => m.mark()],
  ['0', (m) => m.discard()],
  ['1', (m) => void m.popToMark()],
  ['2', (m) => m.push(m.top())],
  [
    '.',
    (m) => {
      m.result = { value: m.pop() };
    },
  ],
  ['N', (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  // Numbers
  [
    'I',
    (m) => {
      const text = line(m).trim();
      m.push(text === '01' ? true : text === '00' ? false : decimal(m, text));
    },
  ],
  ['J', (m) => m.push(m.reader.int32())],
  ['K', (m) => m.push(m.reader.uint8())],
  ['M', (m) => m.push(m.reader.uint16())],
  ['L', (m) => m.push(decimal(m, line(m).trim().replace(/L$/, '')))],
  [0x8a, (m) => m.push(long(m, m.reader.uint8()))],
  [0x8b, (m) => m.push(long(m, m.reader.int32()))],
  ['F', (m) => m.push(textFloat(m))],
  ['G', (m) => m.push(m.reader.float64())],
  // Texts and bytes
  ['S', (m) => m.push(quoted(m))],
  ['T', (m) => m.push(oldText(m, m.reader.bytes(m.reader.uint32())))],
  ['U', (m) => m.push(oldText(m, m.reader.bytes(m.reader.uint8())))],
  ['V', (m) => m.push(rawUnicode(m))],
  ['X', (m) => m.push(textOf(m, m.reader.bytes(m.reader.uint32())))],
  [0x8c, (m) => m.push(textOf(m, m.reader.bytes(m.reader.uint8())))],
  [0x8d, (m) => m.push(textOf(m, m.reader.bytes(m.reader.uint64())))],
  ['B', (m) => m.push(m.reader.bytes(m.reader.uint32()))],
  ['C', (m) => m.push(m.reader.bytes(m.reader.uint8()))],
  [0x8e, (m) => m.push(m.reader.bytes(m.reader.uint64()))],
  [0x96, (m) => m.push(m.reader.bytes(m.reader.uint64()))],
  // Containers
  [']', (m) => m.push(list(m, []))],
  ['l', (m) => m.push(list(m, m.popToMark()))],
  ['a', (m) => append(m, [m.pop()])],
  ['e', (m) => append(m, m.popToMark())],
  [')', (m) => m.push(tuple(m, []))],
  ['t', (m) => m.push(tuple(m, m.popToMark()))],
  [0x85, (m) => m.push(tuple(m, [m.pop()]))],
  [0x86, (m) => m.push(tuple(m, [m.pop(), m.pop()].reverse()))],
  [0x87, (m) => m.push(tuple(m, [m.pop(), m.pop(), m.pop()].reverse()))],
  ['}', (m) => m.push(m.dict())],
  ['d', (m) => m.push(dictOf(m, m.popToMark()))],
  [
    's',
    (m) => {
      const pair = [m.pop(), m.pop()].reverse();
      m.setItems(m.top(), pair);
    },
  ],
  [
    'u',
    (m) => {
      const pairs = m.popToMark();
      m.setItems(m.top(), pairs);
    },
  ],
  [
    0x8f,
    (m) => {
      m.charge(256);
      m.push(new PySet([]));
    },
  ],
  [
    0x90,
    (m) => {
      const items = m.popToMark();
      const target = m.top();
      if (!(target instanceof PySet)) throw m.reader.error('it adds to something that is no set');
      for (const item of items) target.items.push(item);
    },
  ],
  [
    0x91,
    (m) => {
      m.charge(256);
      m.push(new PySet(m.popToMark()));
    },
  ],
  // Memo
  ['p', (m) => m.memoize(index(m))],
  ['q', (m) => m.memoize(m.reader.uint8())],
  ['r', (m) => m.memoize(m.reader.uint32())],
  [0x94, (m) => m.memoize(m.memoSize)],
  ['g', (m) => m.push(m.recall(index(m)))],
  ['h', (m) => m.push(m.recall(m.reader.uint8()))],
  ['j', (m) => m.push(m.recall(m.reader.uint32()))],
  // Globals and calls, all through the host's table
  ['c', (m) => m.push(global(m, line(m), line(m)))],
  [
    0x93,
    (m) => {
      const name = m.pop();
      m.push(global(m, m.pop(), name));
    },
  ],
  [
    'R',
    (m) => {
      const args = m.pop();
      m.push(call(m, m.pop(), args));
    },
  ],
  [
    0x81,
    (m) => {
      const args = m.pop();
      m.push(call(m, m.pop(), args));
    },
  ],
  [
    0x92,
    (m) => {
      const named = m.pop();
      const args = m.pop();
      if (!(named instanceof PyDict) || named.size > 0) refuse(m, 'named arguments');
      m.push(call(m, m.pop(), args));
    },
  ],
  [
    'i',
    (m) => {
      const type = global(m, line(m), line(m));
      m.push(instance(m, type, m.popToMark()));
    },
  ],
  [
    'o',
    (m) => {
      const [type, ...args] = m.popToMark();
      m.push(instance(m, type ?? null, args));
    },
  ],
  [
    'b',
    (m) => {
      const state = m.pop();
      m.push(m.host.build(m.pop(), state, m));
    },
  ],
  ['P', (m) => m.push(m.host.persistent(line(m)))],
  ['Q', (m) => m.push(m.host.persistent(m.pop()))],
  // Framing
  [
    0x80,
    (m) => {
      const protocol = m.reader.uint8();
      if (protocol > 5) throw m.reader.error(`protocol ${protocol} does not exist`);
    },
  ],
  [
    0x95,
    (m) => {
      const length = m.reader.uint64();
      if (length > m.reader.size - m.reader.position) throw m.reader.error('a frame is longer than the stream');
    },
  ],
  // Refused: the meaning lies outside the file
  [0x82, (m) => refuse(m, 'an extension registry code')],
  [0x83, (m) => refuse(m, 'an extension registry code')],
  [0x84, (m) => refuse(m, 'an extension registry code')],
  [0x97, (m) => refuse(m, 'an out-of-band buffer')],
  [0x98, (m) => refuse(m, 'an out-of-band buffer')],
];

export const opcodes: ReadonlyMap<number, Opcode> = new Map(
  table.map(([code, run]) => [typeof code === 'string' ? code.charCodeAt(0) : code, run]),
);

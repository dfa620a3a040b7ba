/** The state of the restricted unpickler: stack, marks, memo, and what the file may still use. */
import { OcelliError } from '../../base/errors.ts';
import { limits } from '../limits.ts';
import type { PickleReader } from './reader.ts';
import { PyDict, type PyGlobal, type PyValue } from './values.ts';

/** What the unpickler asks of the file format around it. */
export interface PickleHost {
  /** The value a persistent id stands for: a storage, a tensor. */
  persistent(id: PyValue): PyValue;
  /** The global `module.name`. @throws unsupported naming it when it is not allowed */
  global(name: string): PyGlobal;
  /** What calling an allowed global with these arguments gives. */
  call(callable: PyValue, args: readonly PyValue[], machine: Machine): PyValue;
  /** Applies the state that an object was saved with; returns the object. */
  build(target: PyValue, state: PyValue, machine: Machine): PyValue;
}

export class Machine {
  readonly reader: PickleReader;
  readonly host: PickleHost;
  readonly #stack: PyValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PyValue>();
  #operations = 0;
  #budget: number;
  result: { readonly value: PyValue } | undefined;

  constructor(reader: PickleReader, host: PickleHost) {
    this.reader = reader;
    this.host = host;
    this.#budget = Math.min(limits.objectBytes, 2 ** 24 + 256 * reader.size) + 2 * reader.size;
  }

  /** Counts an operation. */
  tick(): void {
    if (++this.#operations > limits.operations) {
      throw new OcelliError('format', `${this.reader.name}: refused, its pickle has more than ${limits.operations} operations`);
    }
  }

  /** Counts roughly `bytes` of memory against what a file of this size may use. */
  charge(bytes: number): void {
    this.#budget -= bytes;
    if (this.#budget < 0) {
      throw new OcelliError(
        'format',
        `${this.reader.name}: refused, its pickle would fill far more memory than the file is long`,
      );
    }
  }

  push(value: PyValue): void {
    this.#stack.push(value);
    this.charge(8);
  }

  /** How far down the current group goes. */
  get #floor(): number {
    return this.#marks.at(-1) ?? 0;
  }

  pop(): PyValue {
    if (this.#stack.length <= this.#floor) throw this.reader.error('it takes a value from an empty stack');
    return this.#stack.pop() as PyValue;
  }

  top(): PyValue {
    if (this.#stack.length <= this.#floor) throw this.reader.error('it looks at an empty stack');
    return this.#stack.at(-1) as PyValue;
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
    this.charge(8);
  }

  /** The values since the last mark, which goes too. */
  popToMark(): PyValue[] {
    const start = this.#marks.pop();
    if (start === undefined) throw this.reader.error('it looks for a mark that was never set');
    this.charge(8 * (this.#stack.length - start));
    return this.#stack.splice(start);
  }

  /** POP: a value, or the mark when nothing stands above it. */
  discard(): void {
    if (this.#marks.length > 0 && this.#stack.length === this.#floor) this.#marks.pop();
    else this.pop();
  }

  memoize(index: number): void {
    this.charge(48);
    this.#memo.set(index, this.top());
  }

  get memoSize(): number {
    return this.#memo.size;
  }

  recall(index: number): PyValue {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.reader.error(`it recalls value ${index}, which was never kept`);
    return value;
  }

  /** An empty dictionary, paid for. */
  dict(): PyDict {
    this.charge(256);
    return new PyDict();
  }

  /** Sets key, value, key, value, ... on a dictionary. */
  setItems(target: PyValue, pairs: readonly PyValue[]): void {
    if (!(target instanceof PyDict)) throw this.reader.error('it sets items on something that is no dictionary');
    if (pairs.length % 2 !== 0) throw this.reader.error('a key comes without a value');
    this.charge(48 * pairs.length);
    for (let i = 0; i < pairs.length; i += 2) target.set(pairs[i] as PyValue, pairs[i + 1] as PyValue);
  }
}

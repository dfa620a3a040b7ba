/** Arguments of pickle opcodes: texts and numbers as each protocol writes them. */
import { limits } from '../limits.ts';
import type { Machine } from './machine.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function textOf(machine: Machine, bytes: Uint8Array): string {
  machine.charge(2 * bytes.length + 32);
  try {
    return utf8.decode(bytes);
  } catch {
    throw machine.reader.error('a text is not UTF-8');
  }
}

/** A text of Python 2, whose bytes need not be text; those that are no UTF-8 stay bytes. */
export function oldText(machine: Machine, bytes: Uint8Array): string | Uint8Array {
  machine.charge(2 * bytes.length + 32);
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes;
  }
}

/** A line of a protocol-0 pickle. */
export function line(machine: Machine): string {
  return textOf(machine, machine.reader.line());
}

export function index(machine: Machine): number {
  const text = line(machine);
  if (!/^\d{1,10}$/.test(text)) throw machine.reader.error('a memo index is no number');
  return Number(text);
}

/** A number when it is exact as one. */
export function shrink(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function decimal(machine: Machine, text: string): number | bigint {
  if (!/^[+-]?\d+$/.test(text) || text.length > 2 * limits.integerBytes)
    throw machine.reader.error('an integer is no number, or too long');
  return shrink(BigInt(text.replace('+', '')));
}

/** Two's complement, little-endian. */
export function long(machine: Machine, length: number): number | bigint {
  if (length < 0 || length > limits.integerBytes) throw machine.reader.error(`an integer of ${length} bytes is too long`);
  let value = 0n;
  const bytes = machine.reader.bytes(length);
  for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  return shrink(BigInt.asIntN(8 * length, value));
}

/** FLOAT of protocol 0. */
export function textFloat(machine: Machine): number {
  const text = line(machine).trim().toLowerCase();
  if (/^[+-]?(inf|infinity)$/.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const value = Number(text);
  if (Number.isNaN(value) && !/^[+-]?nan$/.test(text)) throw machine.reader.error('a float is no number');
  return value;
}

/** STRING of protocol 0: a quoted literal; escapes other than of quotes, backslash and bytes are not used by pickle. */
export function quoted(machine: Machine): string | Uint8Array {
  const literal = line(machine).trim();
  const body = /^(['"])(.*)\1$/s.exec(literal)?.[2];
  if (body === undefined) throw machine.reader.error('a text is not quoted');
  const escapes: ReadonlyMap<string, number> = new Map([
    ['n', 10],
    ['r', 13],
    ['t', 9],
    ['\\', 92],
    ["'", 39],
    ['"', 34],
  ]);
  const text = body.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/gs, (_, hex?: string, letter?: string) => {
    const code = hex === undefined ? escapes.get(letter ?? '') : Number.parseInt(hex, 16);
    if (code === undefined) throw machine.reader.error('a text has an unknown escape');
    return String.fromCharCode(code);
  });
  return oldText(
    machine,
    Uint8Array.from(text, (c) => c.charCodeAt(0)),
  );
}

/** UNICODE of protocol 0: latin-1 with \uXXXX and \UXXXXXXXX. */
export function rawUnicode(machine: Machine): string {
  const bytes = machine.reader.line();
  machine.charge(4 * bytes.length + 32);
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return text.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short?: string, full?: string) => {
    const code = Number.parseInt(short ?? full ?? '', 16);
    if (code > 0x10ffff) throw machine.reader.error('a text has a character that does not exist');
    return String.fromCodePoint(code);
  });
}

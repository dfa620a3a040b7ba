/** The 512-byte headers of tar files: ustar, with the octal and base-256 numbers of GNU tar. Format: POSIX.1-2017, pax, "ustar". */

/** Headers and contents fill whole blocks of so many bytes. */
export const TAR_BLOCK = 512;

export interface TarHeader {
  readonly name: string;
  /** Bytes of the contents, which follow in whole blocks. */
  readonly size: number;
  /** The type flag: '0' is a file, '5' a folder, '1' and '2' links, 'L' a long name of GNU tar, 'x' and 'g' pax records. */
  readonly type: string;
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** A number in octal, or in base 256 when the first bit is set. */
function numberAt(bytes: Uint8Array, at: number, length: number): number {
  if ((bytes[at] as number) !== 0x80) return Number.parseInt(textAt(bytes, at, length).trim(), 8);
  let value = 0;
  for (let i = at + 1; i < at + length; i++) value = value * 256 + (bytes[i] as number);
  return value;
}

/** True for a tar header: the sum of its bytes, the checksum's own taken as spaces, is its checksum. */
export function looksLikeTar(head: Uint8Array): boolean {
  if (head.length < TAR_BLOCK || head[0] === 0) return false;
  const stated = Number.parseInt(textAt(head, 148, 8).trim(), 8);
  let sum = 8 * 32;
  for (let i = 0; i < TAR_BLOCK; i++) sum += i >= 148 && i < 156 ? 0 : (head[i] as number);
  return sum === stated;
}

/** What a header says; undefined for one that is damaged. */
export function parseTarHeader(head: Uint8Array): TarHeader | undefined {
  const size = numberAt(head, 124, 12);
  if (!looksLikeTar(head) || !Number.isSafeInteger(size) || size < 0) return undefined;
  // GNU tar puts dates where ustar has the prefix, and has a space where ustar's magic ends in a zero.
  const prefix = textAt(head, 257, 6) === 'ustar' ? textAt(head, 345, 155) : '';
  const name = textAt(head, 0, 100);
  const type = head[156] === 0 ? '0' : String.fromCharCode(head[156] as number);
  return { name: (prefix === '' ? name : `${prefix}/${name}`).replace(/^\.\//, ''), size, type };
}

/** Bytes that contents of this size take, their padding included. */
export function paddedSize(size: number): number {
  return Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
}

/**
 * Zip files, read at random through a `ByteSource`. Own code because no library reads single entries of a ranged source
 * and also refuses overlapping entries, inflation bombs and headers that contradict the directory. ZIP64 included.
 * Format: PKWARE APPNOTE 6.3.10.
 */
import { Inflate } from 'fflate';
import { messageOf, OcelliError } from '../base/errors.ts';
import type { ByteSource } from '../platform/platform.ts';
import { type Region, readExact, regionOf, slice, uint64At, viewOf } from './bytes.ts';
import { crc32 } from './crc32.ts';
import { limits } from './limits.ts';

const EOCD = 0x06054b50;
const EOCD_SIZE = 22;
const EOCD64_LOCATOR = 0x07064b50;
const EOCD64 = 0x06064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

/** Entries up to this many bytes are read at once, header and contents. */
const SMALL = 64 * 1024;

export interface ZipEntry {
  readonly name: string;
  readonly deflated: boolean;
  /** Bytes of the contents. */
  readonly size: number;
  /** Bytes in the file. */
  readonly compressedSize: number;
  readonly crc32: number;
  /** Bytes of the name. */
  readonly nameSize: number;
  /** Where its local header starts, and where the next entry or the directory does. */
  readonly start: number;
  readonly end: number;
}

function damaged(source: ByteSource, why: string): OcelliError {
  return new OcelliError('format', `${source.name}: damaged zip file, ${why}; download or save it again`);
}

interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly count: number;
}

/** Finds the directory through the record at the file's end. */
async function findDirectory(source: ByteSource): Promise<Directory> {
  const tailSize = Math.min(source.size, EOCD_SIZE + 0xffff);
  const tailStart = source.size - tailSize;
  const tail = await readExact(source, tailStart, tailSize, source.name);
  const view = viewOf(tail);
  for (let at = tailSize - EOCD_SIZE; at >= 0; at--) {
    if (view.getUint32(at, true) !== EOCD || at + EOCD_SIZE + view.getUint16(at + 20, true) !== tailSize) continue;
    if (view.getUint16(at + 4, true) !== 0 && view.getUint16(at + 4, true) !== 0xffff) {
      throw new OcelliError('unsupported', `${source.name}: a zip file split over several volumes; join them first`);
    }
    let end = tailStart + at;
    let count = view.getUint16(at + 10, true);
    let size = view.getUint32(at + 12, true);
    let offset = view.getUint32(at + 16, true);
    if (count === 0xffff || size === 0xffffffff || offset === 0xffffffff) {
      const locator = viewOf(await readExact(source, end - 20, 20, source.name));
      if (locator.getUint32(0, true) !== EOCD64_LOCATOR) throw damaged(source, 'its ZIP64 locator is missing');
      const recordAt = uint64At(locator, 8);
      const record = viewOf(await readExact(source, recordAt, 56, source.name));
      if (record.getUint32(0, true) !== EOCD64) throw damaged(source, 'its ZIP64 end record is missing');
      end = recordAt;
      count = uint64At(record, 32);
      size = uint64At(record, 40);
      offset = uint64At(record, 48);
    }
    if (offset + size > end) throw damaged(source, 'its directory lies outside the file');
    if (size > limits.zipDirectoryBytes) throw damaged(source, `its directory of ${size} bytes is too big`);
    if (count * 46 > size) throw damaged(source, `its directory cannot hold ${count} entries`);
    return { offset, size, count };
  }
  throw damaged(source, 'its end record is missing, so it was probably cut off');
}

/** Sizes and offset that did not fit 32 bits, from the extra field 1. */
function wide(source: ByteSource, extra: DataView, fields: readonly number[]): number[] {
  const values = [...fields];
  if (!fields.includes(0xffffffff)) return values;
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const length = extra.getUint16(at + 2, true);
    if (extra.getUint16(at, true) === 1) {
      const end = Math.min(at + 4 + length, extra.byteLength);
      let from = at + 4;
      for (let i = 0; i < values.length; i++) {
        if (values[i] !== 0xffffffff) continue;
        if (from + 8 > end) throw damaged(source, 'a ZIP64 field is too short');
        values[i] = uint64At(extra, from);
        from += 8;
      }
      return values;
    }
    at += 4 + length;
  }
  throw damaged(source, 'a ZIP64 field is missing');
}

/**
 * The entries of a zip file, by name, in the directory's order.
 * @throws format when the directory is damaged, names an entry twice, or has entries that overlap or inflate too much
 * @throws unsupported for encryption, and methods other than stored and deflated
 */
export async function readZipDirectory(source: ByteSource): Promise<ReadonlyMap<string, ZipEntry>> {
  const directory = await findDirectory(source);
  const bytes = await readExact(source, directory.offset, directory.size, source.name);
  const view = viewOf(bytes);
  const decoder = new TextDecoder();
  const found: Omit<ZipEntry, 'end'>[] = [];
  let at = 0;
  for (let i = 0; i < directory.count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL) throw damaged(source, 'its directory is cut off');
    const nameSize = view.getUint16(at + 28, true);
    const extraSize = view.getUint16(at + 30, true);
    const next = at + 46 + nameSize + extraSize + view.getUint16(at + 32, true);
    if (next > bytes.length) throw damaged(source, 'its directory is cut off');
    const name = decoder.decode(bytes.subarray(at + 46, at + 46 + nameSize));
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const fields = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
    const extraAt = at + 46 + nameSize;
    const [size, compressedSize, start] = wide(source, viewOf(bytes.subarray(extraAt, extraAt + extraSize)), fields) as [
      number,
      number,
      number,
    ];
    if (flags & 0x41)
      throw new OcelliError('unsupported', `${source.name}: entry "${name}" is encrypted; save it without a password`);
    if (method !== 0 && method !== 8) {
      throw new OcelliError(
        'unsupported',
        `${source.name}: entry "${name}" uses compression method ${method}; repack it with stored entries`,
      );
    }
    if (method === 0 && size !== compressedSize) throw damaged(source, `the stored entry "${name}" has two sizes`);
    if (size > limits.inflation * compressedSize + limits.inflatedBytes) {
      throw new OcelliError(
        'format',
        `${source.name}: entry "${name}" inflates ${compressedSize} bytes to ${size}; refused, repack it with stored entries`,
      );
    }
    found.push({ name, deflated: method === 8, size, compressedSize, crc32: view.getUint32(at + 16, true), nameSize, start });
    at = next;
  }
  return checkLayout(source, found, directory.offset);
}

/** Entries lie one after the other, before the directory. */
function checkLayout(source: ByteSource, found: Omit<ZipEntry, 'end'>[], end: number): Map<string, ZipEntry> {
  const ends = new Map<Omit<ZipEntry, 'end'>, number>();
  let next = end;
  for (const entry of [...found].sort((a, b) => b.start - a.start)) {
    if (entry.start + 30 + entry.nameSize + entry.compressedSize > next)
      throw damaged(source, `the entry "${entry.name}" overlaps another`);
    ends.set(entry, next);
    next = entry.start;
  }
  const entries = new Map<string, ZipEntry>();
  for (const entry of found) {
    if (entries.has(entry.name)) throw damaged(source, `it has two entries named "${entry.name}"`);
    entries.set(entry.name, { ...entry, end: ends.get(entry) ?? end });
  }
  return entries;
}

/**
 * The contents of an entry: a window on the source when stored, inflated into memory and checked when deflated.
 * @throws format when the entry's own header contradicts the directory, or the contents do not inflate to what it says
 */
export async function openZipEntry(source: ByteSource, entry: ZipEntry): Promise<Region> {
  const span = entry.end - entry.start;
  const own =
    span <= SMALL ? regionOf(await readExact(source, entry.start, span, source.name)) : slice(source, entry.start, span);
  const head = await readExact(own, 0, 30 + entry.nameSize, source.name);
  const header = viewOf(head);
  if (header.getUint32(0, true) !== LOCAL) throw damaged(source, `the header of "${entry.name}" is missing`);
  const name = new TextDecoder().decode(head.subarray(30));
  if (name !== entry.name || header.getUint16(26, true) !== entry.nameSize) {
    throw damaged(source, `the entry "${entry.name}" calls itself "${name}"`);
  }
  if ((header.getUint16(8, true) === 8) !== entry.deflated) throw damaged(source, `the entry "${entry.name}" has two methods`);
  const start = head.length + header.getUint16(28, true);
  if (start + entry.compressedSize > span) throw damaged(source, `the entry "${entry.name}" overlaps another`);
  const stored = slice(own, start, entry.compressedSize);
  const verify = (whole: Uint8Array): void => {
    if (crc32(whole) !== entry.crc32) throw damaged(source, `the checksum of "${entry.name}" is wrong`);
  };
  if (!entry.deflated) return { ...stored, verify };
  const contents = await inflate(source, entry, stored);
  verify(contents);
  return regionOf(contents);
}

/** Inflates in small pieces, so that contents that outgrow what they declared are noticed before they fill memory. */
async function inflate(source: ByteSource, entry: ZipEntry, stored: Region): Promise<Uint8Array> {
  const contents = new Uint8Array(entry.size);
  let filled = 0;
  const stream = new Inflate((piece) => {
    if (filled + piece.length > contents.length) throw damaged(source, `"${entry.name}" inflates to more than it says`);
    contents.set(piece, filled);
    filled += piece.length;
  });
  const step = 16384;
  for (let at = 0; at < stored.size; at += step) {
    const piece = await readExact(stored, at, Math.min(step, stored.size - at), source.name);
    try {
      stream.push(piece, at + step >= stored.size);
    } catch (error) {
      throw error instanceof OcelliError ? error : damaged(source, `"${entry.name}" does not inflate (${messageOf(error)})`);
    }
  }
  if (filled !== contents.length) throw damaged(source, `"${entry.name}" inflates to less than it says`);
  return contents;
}

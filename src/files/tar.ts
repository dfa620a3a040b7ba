/** Tar files read as a stream, gzipped or not: own code, because members of big archives must pass without the whole in memory. */
import { OcelliError } from '../base/errors.ts';
import type { ByteSource } from '../platform/platform.ts';
import { contentsOf, mostContents } from './gunzip.ts';
import { paddedSize, parseTarHeader, TAR_BLOCK, type TarHeader } from './tar-header.ts';

/** A file in an archive. */
export interface TarMember {
  /** The path in the archive, as it is written there: it may be absolute or lead outside, so nothing is written under it. */
  readonly name: string;
  readonly data: Uint8Array;
}

export interface TarOptions {
  /** Which files are kept; the others are passed over without memory. */
  readonly wanted: (name: string) => boolean;
  /** The most bytes that all kept files may have together. Default 2^31. */
  readonly most?: number;
  /** The most members, kept or not. Default 2^24. */
  readonly members?: number;
}

/** The most bytes of a long name or of pax records. */
const NAME_BYTES = 65_536;

/** Takes whole stretches from a stream of pieces. */
class Pieces {
  readonly #pieces: AsyncGenerator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);
  /** Bytes taken so far. */
  taken = 0;

  constructor(pieces: AsyncGenerator<Uint8Array>) {
    this.#pieces = pieces;
  }

  /** Passes `length` bytes to `use`, in parts; false when there are fewer. */
  async take(length: number, use: (part: Uint8Array, at: number) => void): Promise<boolean> {
    for (let done = 0; done < length; ) {
      if (this.#piece.length === 0) {
        const next = await this.#pieces.next();
        if (next.done) return false;
        this.#piece = next.value;
      }
      const part = this.#piece.subarray(0, length - done);
      use(part, done);
      done += part.length;
      this.taken += part.length;
      this.#piece = this.#piece.subarray(part.length);
    }
    return true;
  }

  /** The next `length` bytes, in memory of their own; undefined when there are fewer. */
  async bytes(length: number): Promise<Uint8Array | undefined> {
    const all = new Uint8Array(length);
    return (await this.take(length, (part, at) => all.set(part, at))) ? all : undefined;
  }

  async close(): Promise<void> {
    await this.#pieces.return(undefined);
  }
}

/** The path in pax records, `length path=value\n` each. Format: POSIX.1-2017, pax. */
function paxPath(records: Uint8Array): string | undefined {
  for (let at = 0; at < records.length; ) {
    const space = records.indexOf(0x20, at);
    const length = Number(new TextDecoder().decode(records.subarray(at, space)));
    if (space < 0 || !Number.isInteger(length) || length <= space - at || at + length > records.length) return undefined;
    const record = new TextDecoder().decode(records.subarray(space + 1, at + length - 1));
    if (record.startsWith('path=')) return record.slice(5);
    at += length;
  }
  return undefined;
}

/**
 * The wanted files of an archive, in its order.
 * @throws format when it is no tar file, damaged, cut off, or has too many members
 * @throws unsupported when the wanted files are more than `most` bytes together
 */
export async function* readTar(source: ByteSource, options: TarOptions): AsyncGenerator<TarMember> {
  const { wanted, most = 2 ** 31, members = 2 ** 24 } = options;
  const pieces = new Pieces(contentsOf(source));
  const possible = await mostContents(source);
  const damaged = (why: string): OcelliError =>
    new OcelliError('format', `${source.name}: the tar file ${why} at byte ${pieces.taken}; download it again`);
  const contents = async (size: number): Promise<Uint8Array> => {
    const data = await pieces.bytes(size);
    if (data === undefined || !(await pieces.take(paddedSize(size) - size, () => {}))) throw damaged('is cut off');
    return data;
  };
  let longName: string | undefined;
  let kept = 0;
  try {
    for (let count = 0; ; count++) {
      const head = await pieces.bytes(TAR_BLOCK);
      if (head === undefined && count > 0) throw damaged('is cut off');
      if (head?.[0] === 0 && count > 0) return;
      const header: TarHeader | undefined = head && parseTarHeader(head);
      if (header === undefined) throw count === 0 ? notTar(source) : damaged('is damaged');
      if (count >= members) throw damaged(`has more than ${members} members`);
      const { size, type } = header;
      if (pieces.taken + size > possible) throw damaged('is cut off');
      if (type === 'L' || type === 'x') {
        if (size > NAME_BYTES) throw damaged('has a name that is too long');
        const text = await contents(size);
        longName = type === 'x' ? (paxPath(text) ?? longName) : new TextDecoder().decode(text).replace(/\0.*$/s, '');
        continue;
      }
      const name = longName ?? header.name;
      longName = undefined;
      if ((type !== '0' && type !== '7') || !wanted(name)) {
        if (!(await pieces.take(paddedSize(size), () => {}))) throw damaged('is cut off');
        continue;
      }
      kept += size;
      if (kept > most)
        throw new OcelliError('unsupported', `${source.name} holds more than ${most} bytes; unpack it to a folder`);
      yield { name, data: await contents(size) };
    }
  } finally {
    await pieces.close();
  }
}

function notTar(source: ByteSource): OcelliError {
  return new OcelliError('format', `${source.name} is no tar file, gzipped or not`);
}

/** The entropy-coded part of baseline JPEG: Huffman codes, and the bits they are read from. ITU-T T.81, annexes C and F. */

/** Codes up to this many bits are found in one look-up. */
const LOOK = 8;

export interface HuffmanTable {
  /** By the next eight bits: length of the code * 256 + its symbol; 0 for longer codes. */
  readonly look: Uint16Array;
  /** By length: the largest code of that length, -1 when there is none, and what to add to a code for its symbol's place. */
  readonly largest: Int32Array;
  readonly shift: Int32Array;
  readonly symbols: Uint8Array;
}

/** A table from the numbers of codes of 1 to 16 bits, and their symbols; undefined for numbers that make no code. */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable | undefined {
  const look = new Uint16Array(1 << LOOK);
  const largest = new Int32Array(17).fill(-1);
  const shift = new Int32Array(17);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1] as number;
    if (code + count > 1 << length) return undefined;
    shift[length] = place - code;
    for (let i = 0; i < count; i++, place++, code++) {
      if (length > LOOK) continue;
      const entry = length * 256 + (symbols[place] as number);
      look.fill(entry, code << (LOOK - length), (code + 1) << (LOOK - length));
    }
    if (count > 0) largest[length] = code - 1;
    code <<= 1;
  }
  return place <= symbols.length ? { look, largest, shift, symbols } : undefined;
}

/** Bits of a scan; zeros after its end, which `exhausted` tells. */
export class ScanBits {
  readonly #bytes: Uint8Array;
  #at: number;
  #bits = 0;
  #count = 0;
  /** Bits at the low end that are no part of the scan. */
  #padding = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** True when more was read than there is. */
  get exhausted(): boolean {
    return this.#count < this.#padding;
  }

  /** Where the marker stands that the bits run up to; to be asked when all of them are read. */
  get position(): number {
    return this.#at;
  }

  #fill(): void {
    while (this.#count <= 24) {
      let byte = this.#bytes[this.#at] ?? 0xff;
      if (byte === 0xff && this.#bytes[this.#at + 1] !== 0) {
        byte = 0;
        this.#padding += 8;
      } else this.#at += byte === 0xff ? 2 : 1;
      this.#bits = (this.#bits << 8) | byte;
      this.#count += 8;
    }
  }

  /** The next symbol; -1 for bits that are no code. */
  symbol(table: HuffmanTable): number {
    if (this.#count < 16) this.#fill();
    const entry = table.look[(this.#bits >>> (this.#count - LOOK)) & 0xff] as number;
    if (entry !== 0) {
      this.#count -= entry >>> 8;
      return entry & 0xff;
    }
    const next = (this.#bits >>> (this.#count - 16)) & 0xffff;
    for (let length = LOOK + 1; length <= 16; length++) {
      const code = next >>> (16 - length);
      if (code > (table.largest[length] as number)) continue;
      this.#count -= length;
      return table.symbols[code + (table.shift[length] as number)] as number;
    }
    return -1;
  }

  /** A number of `size` bits, 0 to 15, whose first bit is 0 when it is negative (RECEIVE and EXTEND). */
  number(size: number): number {
    if (size === 0) return 0;
    if (this.#count < size) this.#fill();
    this.#count -= size;
    const value = (this.#bits >>> this.#count) & ((1 << size) - 1);
    return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }

  /** Steps over the restart marker of this number (0 to 7), with the bits before it; false when there is another thing. */
  restart(number: number): boolean {
    const whole = this.#count - this.#padding;
    if (whole < 0 || whole > 7) return false;
    if (this.#bytes[this.#at] !== 0xff || this.#bytes[this.#at + 1] !== 0xd0 + number) return false;
    this.#at += 2;
    this.#bits = 0;
    this.#count = 0;
    this.#padding = 0;
    return true;
  }
}

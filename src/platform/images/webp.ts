/** The chunk structure of WebP files: is the file whole, is there alpha, and where is its Exif data. */
import { damaged } from './limits.ts';

interface Chunk {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The chunks of a WebP file.
 * @throws format when the file ends early
 */
export function readChunks(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 8 + view.getUint32(4, true);
  if (end > bytes.length) throw damaged('WebP', 'it ends before its image does');
  const chunks: Chunk[] = [];
  for (let at = 12; at + 8 <= end; ) {
    const length = view.getUint32(at + 4, true);
    const start = at + 8;
    if (start + length > end) throw damaged('WebP', 'it ends inside a chunk');
    chunks.push({ type: String.fromCharCode(...bytes.subarray(at, at + 4)), start, end: start + length });
    at = start + length + (length & 1);
  }
  return chunks;
}

/** Whether pixels may be transparent: the flag of an extended or of a lossless picture (WebP container specification). */
export function hasAlpha(bytes: Uint8Array, chunks: readonly Chunk[]): boolean {
  const first = chunks[0];
  if (first === undefined) throw damaged('WebP', 'it has no image');
  if (first.type === 'VP8X') return ((bytes[first.start] ?? 0) & 0x10) !== 0;
  return first.type === 'VP8L' && ((bytes[first.start + 4] ?? 0) & 0x10) !== 0;
}

/** The same picture with its Exif chunk under another name, so that nobody turns it; a copy when there is one. */
export function hideWebpExif(bytes: Uint8Array, chunks: readonly Chunk[]): Uint8Array {
  const exif = chunks.filter((chunk) => chunk.type === 'EXIF');
  if (exif.length === 0) return bytes;
  const out = bytes.slice();
  for (const { start } of exif) out.fill(0x5f, start - 8, start - 4);
  return out;
}

/** zlib streams by fflate, for platforms without a zlib of their own. */
import { Unzlib } from 'fflate';

/** Bytes fed at once, so that little is inflated past what is asked for: a deflate stream grows at most about 1,030-fold. */
const pieceLength = 16384;

/**
 * Inflates a zlib stream given in parts, up to `length` bytes; returns fewer when the stream ends early.
 * @throws Error when the stream is damaged
 */
export function inflate(parts: readonly Uint8Array[], length: number): Uint8Array {
  const out = new Uint8Array(length);
  let written = 0;
  const stream = new Unzlib((chunk) => {
    const taken = chunk.subarray(0, length - written);
    out.set(taken, written);
    written += taken.length;
  });
  for (const part of parts) {
    for (let at = 0; at < part.length && written < length; at += pieceLength) {
      stream.push(part.subarray(at, at + pieceLength), false);
    }
  }
  return out.subarray(0, written);
}

/** Byte sources and sinks in memory. */
import type { ByteSink, ByteSource } from './platform.ts';

/** A source over `bytes`; reads are views of it, not copies. */
export function bufferSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read: (offset, length) =>
      Promise.resolve(bytes.subarray(Math.min(offset, bytes.length), Math.min(offset + length, bytes.length))),
    close: () => Promise.resolve(),
  };
}

/** A sink that gathers what is written. */
export interface MemorySink extends ByteSink {
  /** Everything written so far, in one array; empty after `discard`. */
  bytes(): Uint8Array;
}

export function memorySink(): MemorySink {
  let chunks: Uint8Array[] = [];
  return {
    write: (bytes) => {
      chunks.push(bytes.slice());
      return Promise.resolve();
    },
    commit: () => Promise.resolve(),
    discard: () => {
      chunks = [];
      return Promise.resolve();
    },
    bytes: () => {
      const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
      let at = 0;
      for (const chunk of chunks) {
        all.set(chunk, at);
        at += chunk.length;
      }
      return all;
    },
  };
}

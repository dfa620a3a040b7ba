/** Gzip files as a stream of pieces, by the platform's own DecompressionStream, which also checks length and checksum. */
import { messageOf, OcelliError } from '../base/errors.ts';
import type { ByteSource } from '../platform/platform.ts';

/** Compressed bytes read at once: little is inflated past what is asked for, as deflate grows at most 1,032-fold. */
const PIECE = 65_536;

/** Whether the bytes begin a gzip file. */
export function looksLikeGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function streamOf(source: ByteSource): ReadableStream<BufferSource> {
  let at = 0;
  return new ReadableStream<BufferSource>({
    async pull(controller) {
      const piece = await source.read(at, Math.min(PIECE, source.size - at));
      at += piece.length;
      if (piece.length > 0) controller.enqueue(piece as Uint8Array<ArrayBuffer>);
      else controller.close();
    },
  });
}

/**
 * The contents of a gzip file, piece by piece. Stop reading to stop inflating.
 * @throws format when the file is damaged or cut off
 */
export async function* gunzip(source: ByteSource): AsyncGenerator<Uint8Array> {
  const reader = streamOf(source).pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (;;) {
      const next = await reader.read().catch((error: unknown) => {
        if (error instanceof OcelliError) throw error;
        throw new OcelliError(
          'format',
          `${source.name}: the gzip file is damaged or cut off (${messageOf(error)}); download it again`,
          { cause: error },
        );
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** The most bytes that a file's contents can have: deflate makes a bit out of at most 1,032 bits. */
export async function mostContents(source: ByteSource): Promise<number> {
  return looksLikeGzip(await source.read(0, 2)) ? source.size * 1032 : source.size;
}

/** A file's contents piece by piece, inflated when they are gzipped. @throws format for a damaged gzip file */
export async function* contentsOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  if (looksLikeGzip(await source.read(0, 2))) yield* gunzip(source);
  else for (let at = 0; at < source.size; at += PIECE) yield await source.read(at, Math.min(PIECE, source.size - at));
}

/** Reads ahead, as the small tensors of a checkpoint lie side by side and every read of a file costs a trip to the system. */
import type { ByteSource } from '../platform/platform.ts';

/** Bytes read at once; two such windows are kept. */
const WINDOW = 64 * 1024;
/** Longer reads go to the source itself. */
const SHORT = 16 * 1024;

interface Window {
  readonly start: number;
  readonly bytes: Promise<Uint8Array>;
}

/** The same bytes. What `read` gives may be part of a longer piece of memory that others see too: copy before writing into it. */
export function readAhead(source: ByteSource): ByteSource {
  let windows: readonly Window[] = [];
  const windowAt = (offset: number, end: number): Window => {
    const known = windows.find(({ start }) => offset >= start && end <= start + WINDOW);
    const window = known ?? { start: offset, bytes: source.read(offset, WINDOW) };
    windows = [window, ...windows.filter((other) => other !== window).slice(0, 1)];
    return window;
  };
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    if (length > SHORT) return source.read(offset, length);
    const { start, bytes } = windowAt(offset, offset + length);
    return (await bytes).subarray(offset - start, offset - start + length);
  };
  const fill = async (offset: number, target: Uint8Array): Promise<number> => {
    if (source.fill && target.length > SHORT) return source.fill(offset, target);
    const bytes = await read(offset, target.length);
    target.set(bytes);
    return bytes.length;
  };
  return { name: source.name, size: source.size, read, fill, close: () => source.close() };
}

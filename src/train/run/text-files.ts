/** Text files of a run. */
import type { ByteSink, FileSystem } from '../../platform/platform.ts';

/** Puts a text into a sink and commits it, or discards it when that fails. @throws io */
export async function put(sink: ByteSink, text: string): Promise<void> {
  try {
    await sink.write(new TextEncoder().encode(text));
  } catch (error) {
    await sink.discard();
    throw error;
  }
  await sink.commit();
}

/** Writes a text file that appears whole or not at all. @throws io */
export async function writeText(files: FileSystem, path: string, text: string): Promise<void> {
  await put(await files.create(path), text);
}

/** Reads a text file. @throws io */
export async function readText(files: FileSystem, path: string): Promise<string> {
  const source = await files.open(path);
  try {
    return new TextDecoder().decode(await source.read(0, source.size));
  } finally {
    await source.close();
  }
}

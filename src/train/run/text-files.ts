/** Text files of a run. */
import type { FileSystem } from '../../platform/platform.ts';

/** Writes a text file that appears whole or not at all. @throws io */
export async function writeText(files: FileSystem, path: string, text: string): Promise<void> {
  const sink = await files.create(path);
  try {
    await sink.write(new TextEncoder().encode(text));
  } catch (error) {
    await sink.discard();
    throw error;
  }
  await sink.commit();
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

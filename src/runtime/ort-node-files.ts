/**
 * Big programs go to ONNX Runtime as files in the system's temporary folder: it maps their weights one by one while it
 * brings them into its own layout, so that neither this process nor ONNX Runtime holds a second copy of all of them.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, open, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOcelliError } from '../base/errors.ts';
import type { ModelFile, ModelSource } from './runtime.ts';

/** Weights of fewer bytes than this stay in memory. */
const SMALL = 2 ** 20;

/**
 * Calls `load` with a program that is a file where that saves memory, else as it is; the file lasts as long as the call.
 * On Windows, which does not delete files that are mapped, and where the folder cannot be written, it stays in memory.
 */
export async function throughFile<T>(
  source: ModelSource | ModelFile,
  load: (source: ModelSource | ModelFile) => Promise<T>,
): Promise<T> {
  if ('path' in source || !source.external || source.external.size < SMALL || process.platform === 'win32') return load(source);
  const folder = await temporaryFolder();
  if (folder === undefined) return load(source);
  // For a process that ends meanwhile, as the second Ctrl-C does.
  const removeAtExit = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeAtExit);
  try {
    return await load((await written(source, folder)) ?? source);
  } finally {
    process.off('exit', removeAtExit);
    await rm(folder, { recursive: true, force: true });
  }
}

async function temporaryFolder(): Promise<string | undefined> {
  try {
    return await mkdtemp(join(await realpath(tmpdir()), 'ocelli-'));
  } catch {
    return undefined;
  }
}

/** Undefined when there is no room. */
async function written({ model, external }: ModelSource, folder: string): Promise<ModelFile | undefined> {
  const path = join(folder, 'model.onnx');
  try {
    await writeFile(path, model);
    if (!external) return { path };
    const file = await open(join(folder, external.file), 'wx', 0o600);
    try {
      for await (const piece of inPieces(external.parts())) await file.writeFile(piece);
    } finally {
      await file.close();
    }
    return { path };
  } catch (error) {
    // Weights that cannot be read are no better in memory.
    if (isOcelliError(error)) throw error;
    await rm(join(folder, external?.file ?? ''), { force: true, recursive: true });
    return undefined;
  }
}

/** Bytes written at once. */
const PIECE = 2 ** 20;

/** The same bytes, short parts put together; a piece is valid until the next one is asked for. */
async function* inPieces(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(PIECE);
  let filled = 0;
  for await (const part of parts) {
    if (filled + part.length > PIECE) {
      yield piece.subarray(0, filled);
      filled = 0;
    }
    if (part.length > PIECE) yield part;
    else {
      piece.set(part, filled);
      filled += part.length;
    }
  }
  yield piece.subarray(0, filled);
}

/**
 * The checkpoints of a run, in its folder: tensors in `checkpoint-<step>.safetensors`, everything else in `checkpoint.json`,
 * which names the tensors' file and its SHA-256 and is replaced last. So a run that is killed at any moment leaves a whole
 * checkpoint, and the one before it is kept beside the newest.
 */
import { isOcelliError, messageOf, OcelliError } from '../../base/errors.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { ByteSink, Platform } from '../../platform/platform.ts';
import { openCheckpoint } from '../../weights/open.ts';
import { writeSafetensors } from '../../weights/safetensors-writer.ts';
import { readText, writeText } from './text-files.ts';

/** The version of `checkpoint.json` that is written and read. */
const VERSION = 1;

/** Where one checkpoint's tensors are, and what else belongs to it. */
interface Entry<S> {
  readonly step: number;
  readonly file: string;
  /** Of the tensors' file. */
  readonly sha256: string;
  readonly state: S;
}

interface Index<S> {
  readonly version: number;
  readonly latest: Entry<S>;
  readonly previous?: Entry<S>;
}

export interface LoadedCheckpoint<S> {
  readonly step: number;
  readonly state: S;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** Which checkpoint to go on from. */
export type Which = 'latest' | 'previous';

/** @typeParam S what belongs to a checkpoint besides tensors: plain JSON */
export class Checkpoints<S> {
  readonly #folder: string;
  readonly #platform: Platform;
  /** What the run stands on: the checkpoint that was loaded or saved last, and the one before it. */
  #chain: Pick<Index<S>, 'previous'> & { readonly latest?: Entry<S> } = {};

  constructor(folder: string, platform: Platform) {
    this.#folder = folder;
    this.#platform = platform;
  }

  get #indexPath(): string {
    return `${this.#folder}/checkpoint.json`;
  }

  /** Whether there is a checkpoint to go on from. */
  async exist(): Promise<boolean> {
    return (await this.#platform.files.stat(this.#indexPath)) !== undefined;
  }

  /**
   * Writes a checkpoint beside the one before it and removes older ones.
   * @throws io when the folder cannot be written; the checkpoints that were there stay
   */
  async save(step: number, state: S, tensors: Readonly<Record<string, Tensor>>): Promise<void> {
    const { files } = this.#platform;
    const before = await this.#index().catch(() => undefined);
    const file = `checkpoint-${String(step).padStart(8, '0')}.safetensors`;
    const hash = this.#platform.sha256();
    const sink = hashing(await files.create(`${this.#folder}/${file}`), (bytes) => hash.update(bytes));
    await writeSafetensors(
      sink,
      Object.entries(tensors).map(([name, tensor]) => ({ name, dtype: tensor.dtype, shape: tensor.shape, tensor })),
    );
    const latest: Entry<S> = { step, file, sha256: hash.digest(), state };
    // A step that is saved again, after a resume, is the same checkpoint.
    const previous = this.#chain.latest?.step === step ? this.#chain.previous : this.#chain.latest;
    const index: Index<S> = { version: VERSION, latest, ...(previous ? { previous } : {}) };
    await writeText(files, this.#indexPath, `${JSON.stringify(index, null, 2)}\n`);
    this.#chain = index;
    const kept = new Set([latest.file, previous?.file]);
    for (const old of [before?.latest, before?.previous]) {
      if (old && !kept.has(old.file)) await files.remove(`${this.#folder}/${old.file}`);
    }
  }

  /**
   * Reads a checkpoint whole and checks it against its hash.
   * @throws io when there is none
   * @throws integrity when it is damaged, naming the one before it where there is one
   */
  async load(which: Which = 'latest'): Promise<LoadedCheckpoint<S>> {
    const index = await this.#index();
    const record = index[which];
    if (!record) throw new OcelliError('io', `${this.#indexPath} has no checkpoint before its latest`);
    const path = `${this.#folder}/${record.file}`;
    try {
      await this.#verify(path, record.sha256);
      const tensors = await this.#tensors(path);
      this.#chain = which === 'latest' ? index : { latest: record };
      return { step: record.step, state: record.state, tensors };
    } catch (error) {
      if (!isOcelliError(error)) throw error;
      const hint =
        which === 'latest' && index.previous
          ? `; the one before it, of step ${index.previous.step}, can be resumed from: --resume previous`
          : '; start the run anew in another folder';
      throw new OcelliError('integrity', `${messageOf(error)}${hint}`, { cause: error });
    }
  }

  async #index(): Promise<Index<S>> {
    const path = this.#indexPath;
    const text = await readText(this.#platform.files, path);
    const damaged = (why: string): OcelliError =>
      new OcelliError('integrity', `${path} ${why}; start the run anew in another folder`);
    let value: Partial<Index<S>>;
    try {
      value = JSON.parse(text) as Partial<Index<S>>;
    } catch {
      throw damaged('is damaged');
    }
    if (value?.version !== VERSION) throw damaged(`is of version ${String(value?.version)}, this Ocelli reads ${VERSION}`);
    if (!isEntry(value.latest) || (value.previous !== undefined && !isEntry(value.previous))) throw damaged('is damaged');
    return value as Index<S>;
  }

  async #verify(path: string, sha256: string): Promise<void> {
    const source = await this.#platform.files.open(path);
    try {
      const hash = this.#platform.sha256();
      const piece = 1 << 20;
      for (let at = 0; at < source.size; at += piece) hash.update(await source.read(at, Math.min(piece, source.size - at)));
      if (hash.digest() !== sha256)
        throw new OcelliError('integrity', `checkpoint ${path} is damaged: its SHA-256 is not ${sha256}`);
    } finally {
      await source.close();
    }
  }

  async #tensors(path: string): Promise<Record<string, Tensor>> {
    const checkpoint = await openCheckpoint(await this.#platform.files.open(path));
    try {
      const tensors: Record<string, Tensor> = {};
      for (const entry of checkpoint.entries) tensors[entry.name] = await checkpoint.read(entry);
      return tensors;
    } finally {
      await checkpoint.close();
    }
  }
}

function isEntry(value: unknown): boolean {
  const entry = value as Partial<Entry<unknown>> | null | undefined;
  return (
    typeof entry === 'object' &&
    entry !== null &&
    Number.isSafeInteger(entry.step) &&
    typeof entry.sha256 === 'string' &&
    // The file lies in the run's folder.
    /^checkpoint-\d+\.safetensors$/.test(String(entry.file)) &&
    typeof entry.state === 'object'
  );
}

function hashing(sink: ByteSink, update: (bytes: Uint8Array) => void): ByteSink {
  return {
    write: async (bytes) => {
      update(bytes);
      await sink.write(bytes);
    },
    commit: () => sink.commit(),
    discard: () => sink.discard(),
  };
}

/** What every checkpoint format is read as: named tensors that are read one at a time, and the values beside them. */
import type { DType } from '../base/dtype.ts';
import { OcelliError } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';

export type CheckpointFormat = 'safetensors' | 'torch-zip' | 'torch-legacy' | 'torch-tar' | 'torchscript';

/** What JSON can say. Integers beyond 2^53 are decimal texts, infinities and NaN "Infinity", "-Infinity", "NaN". */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export interface TensorEntry {
  /** Keys from the root, joined by dots, list positions as numbers; "" for a bare tensor. */
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** A leaf that is no tensor: an epoch number, a text. */
export interface OtherEntry {
  readonly name: string;
  readonly value: JsonValue;
}

/** A dictionary, list or object of the file; its tensors are `entries[start]` to `entries[end - 1]`. */
export interface Container {
  readonly start: number;
  readonly end: number;
  /** Tensors that are its own items, not those of a container inside. */
  readonly direct: number;
  readonly children: ReadonlyMap<string, Container>;
  /** What PyTorch keeps beside a state dict (`_metadata`): the version of each module by its path; empty when there is none. */
  readonly modules: ReadonlyMap<string, JsonValue>;
}

export interface Checkpoint {
  /** For messages: the file. */
  readonly name: string;
  readonly format: CheckpointFormat;
  /** In the file's order. Values count as tensors when PyTorch or numpy made them, 0-d ones included. */
  readonly entries: readonly TensorEntry[];
  readonly other: readonly OtherEntry[];
  readonly root: Container;
  /** `__metadata__` of a safetensors file, `_metadata` of a state dict that is the root. */
  readonly metadata: ReadonlyMap<string, JsonValue>;
  /**
   * Reads one tensor, values in C order whatever the strides in the file.
   * @throws usage when there is no such tensor, or two of that name and no entry to tell them apart
   * @throws format when the file is cut off or fails its checksum
   */
  read(entry: string | TensorEntry): Promise<Tensor>;
  close(): Promise<void>;
}

/** Finds what `read` is asked for. */
export function finder(file: string, entries: readonly TensorEntry[]): (wanted: string | TensorEntry) => TensorEntry {
  const byName = new Map<string, TensorEntry | undefined>();
  for (const entry of entries) byName.set(entry.name, byName.has(entry.name) ? undefined : entry);
  const all = new Set(entries);
  return (wanted) => {
    if (typeof wanted !== 'string') {
      if (all.has(wanted)) return wanted;
      throw new OcelliError('usage', `${file}: the entry "${wanted.name}" belongs to another checkpoint`);
    }
    const entry = byName.get(wanted);
    if (entry !== undefined) return entry;
    const problem = byName.has(wanted) ? 'several tensors are' : 'no tensor is';
    throw new OcelliError('usage', `${file}: ${problem} named "${wanted}"; choose one of its entries`);
  };
}

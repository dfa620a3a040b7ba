/** How much a file may ask for before it is refused: real checkpoints stay far below, hostile ones end quickly. */

const MiB = 2 ** 20;

export interface Limits {
  /** Containers inside containers. */
  readonly depth: number;
  /** Dimensions of one tensor (PyTorch's own limit). */
  readonly dims: number;
  /** Pickle operations in one stream. */
  readonly operations: number;
  /** Estimated bytes of the objects a pickle makes, beyond twice the bytes it is made of. */
  readonly objectBytes: number;
  /** Bytes of one integer. */
  readonly integerBytes: number;
  /** Bytes of one text line of a protocol-0 pickle. */
  readonly lineBytes: number;
  /** Leaves (tensors, numbers, strings) and containers of one checkpoint. */
  readonly leaves: number;
  /** Characters of all leaves' names together. */
  readonly nameCharacters: number;
  /** All tensors together may take this many times the bytes they are stored in (tied and expanded tensors), or `expandedBytes`. */
  readonly expansion: number;
  readonly expandedBytes: number;
  /** A deflated zip entry may take this many times its deflated size, plus `inflatedBytes`. */
  readonly inflation: number;
  readonly inflatedBytes: number;
  /** Bytes of a zip file's central directory. */
  readonly zipDirectoryBytes: number;
  /** Bytes of a safetensors header (the limit of its reference implementation). */
  readonly safetensorsHeaderBytes: number;
}

export const limits: Limits = {
  depth: 256,
  dims: 64,
  operations: 2 ** 23,
  objectBytes: 256 * MiB,
  integerBytes: 1024,
  lineBytes: 16 * MiB,
  leaves: 2 ** 20,
  nameCharacters: 64 * MiB,
  expansion: 16,
  expandedBytes: 64 * MiB,
  inflation: 128,
  inflatedBytes: MiB,
  zipDirectoryBytes: 128 * MiB,
  safetensorsHeaderBytes: 100_000_000,
};

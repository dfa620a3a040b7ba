/** How much a file may ask for before it is refused: real checkpoints stay far below, hostile ones end quickly. */

const MiB = 2 ** 20;

export const limits = {
  /** Containers inside containers. */
  depth: 256,
  /** Dimensions of one tensor (PyTorch's own limit). */
  dims: 64,
  /** Pickle operations in one stream. */
  operations: 2 ** 23,
  /** Estimated bytes of the objects a pickle makes, beyond twice the bytes it is made of. */
  objectBytes: 256 * MiB,
  /** Bytes of one integer. */
  integerBytes: 1024,
  /** Bytes of one text line of a protocol-0 pickle. */
  lineBytes: 16 * MiB,
  /** Leaves (tensors, numbers, strings) and containers of one checkpoint. */
  leaves: 2 ** 20,
  /** Characters of all leaves' names together. */
  nameCharacters: 64 * MiB,
  /** All tensors together may take this many times the bytes they are stored in (tied and expanded tensors), or `expandedBytes`. */
  expansion: 16,
  expandedBytes: 64 * MiB,
  /** A deflated zip entry may take this many times its deflated size, plus `inflatedBytes`. */
  inflation: 128,
  inflatedBytes: MiB,
  /** Bytes of a zip file's central directory. */
  zipDirectoryBytes: 128 * MiB,
  /** Bytes of a safetensors header (the limit of its reference implementation). */
  safetensorsHeaderBytes: 100_000_000,
} as const;

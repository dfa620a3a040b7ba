/** Opens a checkpoint of any known format, told by its first bytes. */
import { OcelliError } from '../base/errors.ts';
import { looksLikeTar } from '../files/tar-header.ts';
import type { ByteSource } from '../platform/platform.ts';
import { type Checkpoint, type CheckpointFormat, finder } from './checkpoint.ts';
import { flatten } from './flatten.ts';
import type { PyTensor } from './pickle/values.ts';
import { looksLikeSafetensors, openSafetensors } from './safetensors.ts';
import { materialize } from './strided.ts';
import { readTorchLegacy } from './torch/legacy-format.ts';
import { readTorchTar } from './torch/tar-format.ts';
import { readTorchZip, type Unpickled } from './torch/zip-format.ts';

function checkpointOf(source: ByteSource, format: CheckpointFormat, { value, storedBytes }: Unpickled): Checkpoint {
  const { entries, tensors, other, root } = flatten(source.name, value, storedBytes);
  const find = finder(source.name, entries);
  return {
    name: source.name,
    format,
    entries,
    other,
    root,
    metadata: root.modules,
    read: async (wanted) => {
      const entry = find(wanted);
      return materialize(tensors.get(entry) as PyTensor, `${source.name}: ${entry.name}`);
    },
    close: () => source.close(),
  };
}

function startsWith(head: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, i) => head[i] === byte);
}

/** Why a file that is no checkpoint is none, as far as its first bytes tell. */
function explain(source: ByteSource, head: Uint8Array): string {
  const text = new TextDecoder('latin1').decode(head).trimStart();
  if (source.size === 0) return 'the file is empty';
  if (text.startsWith('version https://git-lfs')) return 'it is a Git LFS pointer; fetch the file itself with "git lfs pull"';
  if (/^<(!doctype|html|\?xml)/i.test(text)) return 'it is a web page, so the download failed; fetch the file again';
  return 'it is none of the known formats (.safetensors, and .pth of any version of PyTorch)';
}

/**
 * Reads a checkpoint's names and shapes; values stay in the source until `read`. The source is closed with the
 * checkpoint, and by this function when it throws.
 * @throws format when the file is damaged, hostile or no checkpoint
 * @throws unsupported when it holds what Ocelli does not read: code, quantized or sparse tensors
 */
export async function openCheckpoint(source: ByteSource): Promise<Checkpoint> {
  try {
    return await open(source);
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function open(source: ByteSource): Promise<Checkpoint> {
  const head = await source.read(0, 512);
  if (startsWith(head, [0x50, 0x4b, 3, 4]) || startsWith(head, [0x50, 0x4b, 5, 6])) {
    const archive = await readTorchZip(source);
    return checkpointOf(source, archive.script ? 'torchscript' : 'torch-zip', archive);
  }
  if (looksLikeSafetensors(head)) return openSafetensors(source);
  if (looksLikeTar(head)) return checkpointOf(source, 'torch-tar', await readTorchTar(source));
  const legacy = (head[0] === 0x80 && (head[1] ?? 9) <= 5) || startsWith(head, [0x4c, 0x31, 0x31, 0x39, 0x35]);
  if (legacy) return checkpointOf(source, 'torch-legacy', await readTorchLegacy(source));
  throw new OcelliError('format', `${source.name}: no checkpoint: ${explain(source, head)}`);
}

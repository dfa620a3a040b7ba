/** Writes `.pth` files that `torch.load` reads: the zip format, an OrderedDict of tensors. */
import { dtypes } from '../base/dtype.ts';
import type { ByteSink } from '../platform/platform.ts';
import { pickleStateDict } from './pickle/writer.ts';
import { bytesToWrite, collect, type TensorToWrite } from './tensors.ts';
import { ZipWriter } from './zip-writer.ts';

/**
 * Writes tensors in their order, each with a storage of its own, one in memory at a time. Commits the sink, or discards
 * it when anything fails. uint16, uint32 and uint64 need a PyTorch that has these types (2.3 and later) to read them.
 * @param versions `_metadata`: the version of each module by its path, which batch norm and MnasNet look at
 */
export async function writePth(
  sink: ByteSink,
  tensors: Iterable<TensorToWrite> | AsyncIterable<TensorToWrite>,
  versions: ReadonlyMap<string, number> = new Map(),
): Promise<void> {
  try {
    const items = await collect(tensors);
    const ascii = new TextEncoder();
    const zip = new ZipWriter(sink);
    await zip.add(
      'archive/data.pkl',
      pickleStateDict(items, (dtype) => dtypes[dtype].size, versions),
    );
    await zip.add('archive/byteorder', ascii.encode('little'));
    for (const [key, item] of items.entries()) await zip.add(`archive/data/${key}`, await bytesToWrite(item));
    await zip.add('archive/version', ascii.encode('3\n'));
    await zip.finish();
  } catch (error) {
    await sink.discard();
    throw error;
  }
  await sink.commit();
}

/** `ocelli weights convert`: a checkpoint in another format, tensor by tensor. */
import { OcelliError, throwIfAborted } from '../../base/errors.ts';
import { castTensor } from '../../weights/convert.ts';
import { openCheckpoint } from '../../weights/open.ts';
import { writePth } from '../../weights/pth-writer.ts';
import { writeSafetensors } from '../../weights/safetensors-writer.ts';
import { stateDictOf } from '../../weights/state-dict.ts';
import type { TensorToWrite } from '../../weights/tensors.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import type { Outcome } from '../outcome.ts';

export async function convert(
  input: string,
  output: string,
  options: { readonly dtype?: 'float32' | 'float16' },
  context: Context,
): Promise<Outcome> {
  const safetensors = /\.safetensors$/i.test(output);
  if (!safetensors && !/\.(pth|pt|th)$/i.test(output)) {
    throw new OcelliError('usage', `"${output}": name the output .pth, .pt or .safetensors`);
  }
  const platform = await context.platform();
  const checkpoint = await openCheckpoint(await platform.files.open(input));
  try {
    const state = stateDictOf(checkpoint);
    const tensors = state.entries.map((entry): TensorToWrite => {
      const floating = entry.dtype.startsWith('float') || entry.dtype === 'bfloat16';
      const dtype = floating && options.dtype ? options.dtype : entry.dtype;
      const tensor = async () => {
        throwIfAborted(context.signal, 'converting');
        return castTensor(await state.read(entry), dtype);
      };
      return { name: entry.name, dtype, shape: entry.shape, tensor };
    });
    const sink = await platform.files.create(output);
    if (safetensors) await writeSafetensors(sink, tensors, new Map([['format', 'pt']]));
    else await writePth(sink, tensors, versionsOf(state.modules));
    const size = (await platform.files.stat(output))?.size ?? 0;
    context.print(`${output}  ${tensors.length} tensors, ${bytes(size)}`);
  } finally {
    await checkpoint.close();
  }
  return 0;
}

/** The module versions that PyTorch keeps beside a state dict, handed on. */
function versionsOf(modules: ReadonlyMap<string, unknown>): Map<string, number> {
  const versions = new Map<string, number>();
  for (const [path, value] of modules) {
    if (typeof value !== 'object' || value === null || !('version' in value)) continue;
    if (typeof value.version === 'number') versions.set(path, value.version);
  }
  return versions;
}

/** `ocelli weights convert`: a checkpoint in another format and under other keys, tensor by tensor. */
import { OcelliError, throwIfAborted } from '../../base/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { readText } from '../../train/run/text-files.ts';
import { castTensor } from '../../weights/convert.ts';
import { mapStateDict } from '../../weights/mapping/apply.ts';
import { findMap, mapNames } from '../../weights/mapping/known.ts';
import { type KeyMap, parseMap } from '../../weights/mapping/rules.ts';
import { openCheckpoint } from '../../weights/open.ts';
import { writePth } from '../../weights/pth-writer.ts';
import { writeSafetensors } from '../../weights/safetensors-writer.ts';
import { type StateDict, stateDictOf } from '../../weights/state-dict.ts';
import type { TensorToWrite } from '../../weights/tensors.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import { type Outcome, visible } from '../outcome.ts';

/** Bytes of the longest rules file that is read. */
const LONGEST_RULES = 4e6;

export async function convert(
  input: string,
  output: string,
  options: { readonly dtype?: 'float32' | 'float16'; readonly map?: string },
  context: Context,
): Promise<Outcome> {
  const safetensors = /\.safetensors$/i.test(output);
  if (!safetensors && !/\.(pth|pt|th)$/i.test(output)) {
    throw new OcelliError('usage', `"${output}": name the output .pth, .pt or .safetensors`);
  }
  const platform = await context.platform();
  const map = options.map === undefined ? undefined : await readMap(options.map, platform);
  const checkpoint = await openCheckpoint(await platform.files.open(input));
  try {
    const found = stateDictOf(checkpoint);
    const state = map === undefined ? found : mapped(found, map, options.map as string, context);
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

/** A map that comes with Ocelli, or that of a rules file. */
async function readMap(name: string, { files }: Platform): Promise<KeyMap> {
  const known = await findMap(name);
  if (known) return known;
  const size = (await files.stat(name))?.size;
  if (size === undefined) {
    throw new OcelliError('usage', `there is no rules file ${name}, and no map of that name: Ocelli has ${mapNames.join(', ')}`);
  }
  if (size > LONGEST_RULES) throw new OcelliError('usage', `${name} has ${bytes(size)}, too much for a rules file`);
  return parseMap(await readText(files, name), name);
}

/** The state dict by the rules; those that found nothing are remarked. */
function mapped(state: StateDict, map: KeyMap, name: string, context: Context): StateDict {
  const result = mapStateDict(state, map, name);
  for (const rule of result.unused) context.note(`${visible(rule)} matches no key`);
  return result;
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

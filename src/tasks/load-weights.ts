/** Weights into a model, and a model's weights into a file. */
import type { DeferredTensor } from '../base/deferred.ts';
import { checkKeys, OcelliError, throwIfAborted } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import type { WeightsEntry } from '../models/weights-entry.ts';
import { type AnyModule, adaptToCheckpoint, checkpointKeys, namedModules, namedParameters } from '../nn/module.ts';
import type { Parameter } from '../nn/parameter.ts';
import { stateDict, stateDictTypes } from '../nn/state-dict.ts';
import type { Platform } from '../platform/platform.ts';
import { castTensor } from '../weights/convert.ts';
import { mapStateDict } from '../weights/mapping/apply.ts';
import { mapOf } from '../weights/mapping/known.ts';
import type { KeyMap } from '../weights/mapping/rules.ts';
import { compareStateDict } from '../weights/match.ts';
import { openCheckpoint } from '../weights/open.ts';
import { writePth } from '../weights/pth-writer.ts';
import { readAhead } from '../weights/read-ahead.ts';
import { writeSafetensors } from '../weights/safetensors-writer.ts';
import { renameKeys, stateDictOf } from '../weights/state-dict.ts';
import { misfitMessage } from './misfit.ts';
import { type OpenWeightsOptions, openWeights, type WeightsSource } from './weights-source.ts';

export interface LoadWeightsOptions extends OpenWeightsOptions {
  /** Missing and unexpected keys are errors; default true. */
  readonly strict?: boolean;
  /** Keys to leave as they are: names, paths that end in ".", or patterns; `['fc.']` keeps a new head. */
  readonly ignore?: readonly (string | RegExp)[];
  /** Keys that lead to the state dict inside the file; without it the usual ones are looked for. */
  readonly path?: readonly string[];
  /** Rules that turn the file's keys into the model's, or the name of a map that comes with Ocelli: 'timm-mobilenetv1'. */
  readonly map?: KeyMap | string;
}

const optionKeys: readonly string[] = ['platform', 'model', 'onProgress', 'signal', 'strict', 'ignore', 'path', 'map'];

/** What was loaded, and from where. */
export interface LoadedWeights {
  /** The published entry, when it was one. */
  readonly entry: WeightsEntry | undefined;
  readonly loaded: readonly string[];
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
}

/** Weights that fit a model, still in their file. Close them when they have been read. */
export interface OpenedModelWeights extends LoadedWeights {
  /** Values by the model's keys, one at a time in the order of the model, as the model's element types. */
  readonly parameters: ReadonlyMap<string, DeferredTensor>;
  close(): Promise<void>;
}

/**
 * Loads weights into a model: any checkpoint that Ocelli reads, with `module.` prefixes and containers such as
 * `state_dict` taken off, values converted to the model's element types. One tensor is in memory at a time besides the
 * model. When anything fails the model keeps its values.
 *
 * @throws state-dict with all missing, unexpected and mis-shaped keys, in PyTorch's words; for a checkpoint of another kind with the
 *   first ones and the model of the zoo that it looks like
 * @throws usage, format, unsupported, shape, io, network, integrity and aborted as opening the weights does
 *
 * @example
 * await loadWeights(net, 'resnet18.pth', { platform });
 */
export async function loadWeights(model: AnyModule, weights: WeightsSource, options: LoadWeightsOptions): Promise<LoadedWeights> {
  const opened = await openModelWeights(model, weights, options);
  try {
    const parameters = new Map<string, Parameter>(namedParameters(model));
    const read: [Parameter, Tensor][] = [];
    for (const [name, values] of opened.parameters) read.push([parameters.get(name) as Parameter, await values.read()]);
    // All or nothing: a file that breaks off, or a signal, leaves the model as it was.
    for (const [parameter, value] of read) parameter.value = value;
    const { entry, loaded, missing, unexpected } = opened;
    return { entry, loaded, missing, unexpected };
  } finally {
    await opened.close();
  }
}

/**
 * Opens weights and checks that they fit the model, whose parameters stay as they are.
 * @throws as `loadWeights` does
 */
export async function openModelWeights(
  model: AnyModule,
  weights: WeightsSource,
  options: LoadWeightsOptions,
): Promise<OpenedModelWeights> {
  checkKeys('loadWeights', options, optionKeys);
  const { strict = true, ignore = [], path, map, signal } = options;
  const { source, entry } = await openWeights(weights, options);
  const checkpoint = await openCheckpoint(readAhead(source));
  try {
    const found = stateDictOf(checkpoint, path ? { path } : {});
    const theirs = map === undefined ? found : mapStateDict(found, await mapOf(map));
    const state = renameKeys(theirs, checkpointKeys(model));
    adaptToCheckpoint(model, new Map(state.entries.map(({ name, shape }) => [name, shape])));
    const expected = stateDictTypes(model);
    const name = options.model ?? 'the model';
    const match = compareStateDict(expected, state.entries, { strict, ignore, modules: state.modules, model: name });
    if (match.message !== undefined) {
      const misfit = { file: checkpoint.name, model: name, net: model, match, expected, given: theirs.entries };
      throw new OcelliError('state-dict', await misfitMessage(misfit));
    }
    const parameters = new Map<string, Parameter>(namedParameters(model));
    const values = new Map<string, DeferredTensor>();
    for (const name of match.matched) {
      const parameter = parameters.get(name);
      if (!parameter) continue;
      const { dtype, shape } = parameter;
      const read = async (): Promise<Tensor> => {
        throwIfAborted(signal, `loading ${checkpoint.name}`);
        return fitted(await state.read(name), parameter);
      };
      values.set(name, { dtype, shape, read });
    }
    const { matched: loaded, missing, unexpected } = match;
    return { entry, loaded, missing, unexpected, parameters: values, close: () => checkpoint.close() };
  } catch (error) {
    await checkpoint.close();
    throw error;
  }
}

/** Files from before PyTorch 0.4 hold scalars as [1]. */
function fitted(value: Tensor, { dtype, shape }: Parameter): Tensor {
  return { ...castTensor(value, dtype), shape };
}

/**
 * Writes a model's weights: `.safetensors` by that name, else the `.pth` format that `torch.load` reads. The file appears
 * whole or not at all.
 * @throws io when the file cannot be written
 */
export async function saveWeights(model: AnyModule, file: string, { platform }: { readonly platform: Platform }): Promise<void> {
  const tensors = [...stateDict(model)].map(([name, tensor]) => ({ name, dtype: tensor.dtype, shape: tensor.shape, tensor }));
  const sink = await platform.files.create(file);
  if (/\.safetensors$/i.test(file)) await writeSafetensors(sink, tensors, new Map([['format', 'pt']]));
  else await writePth(sink, tensors, versionsOf(model));
}

/**
 * PyTorch's `_metadata`: the version of each module's state. A module says its own as `stateVersion`; batch norms, which
 * count their batches, have 2, all others 1.
 */
function versionsOf(model: AnyModule): Map<string, number> {
  const versions = new Map<string, number>();
  for (const [path, module] of namedModules(model)) {
    const counts = [...module.ownParameters()].some(([name]) => name === 'num_batches_tracked');
    const own = 'stateVersion' in module && typeof module.stateVersion === 'number' ? module.stateVersion : undefined;
    versions.set(path, own ?? (counts ? 2 : 1));
  }
  return versions;
}

/** Finds the state dict inside a checkpoint: the usual containers are opened, the usual prefixes taken off. */
import { OcelliError } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import { type Checkpoint, type Container, finder, type JsonValue, type TensorEntry } from './checkpoint.ts';

/** Named tensors, read one at a time. A `Checkpoint` has them too. */
export interface StateDict {
  /** For messages: the file. */
  readonly name: string;
  readonly entries: readonly TensorEntry[];
  /** `_metadata`: what PyTorch keeps of each module by its path, mostly `{ version }`; empty when the file has none. */
  readonly modules: ReadonlyMap<string, JsonValue>;
  /** @throws as `Checkpoint.read` does */
  read(entry: string | TensorEntry): Promise<Tensor>;
}

/** Where training scripts put the state dict, in the order they are looked for. */
const usualKeys: readonly string[] = [
  'state_dict',
  'model_state_dict',
  'model_state',
  'model',
  'module',
  'net',
  'network',
  'weights',
  'params',
  'state',
];

/** What wrappers (DataParallel, torch.compile) put before every name. */
const usualPrefixes: readonly string[] = ['module.', '_orig_mod.'];

/** The same tensors under other names. */
function renamed(
  base: StateDict,
  entries: readonly (readonly [name: string, entry: TensorEntry])[],
  modules: StateDict['modules'],
): StateDict {
  const originals = new Map<TensorEntry, TensorEntry>();
  for (const [name, entry] of entries) originals.set({ ...entry, name }, entry);
  const list = [...originals.keys()];
  const find = finder(base.name, list);
  return {
    name: base.name,
    entries: list,
    modules,
    read: async (wanted) => base.read(originals.get(find(wanted)) as TensorEntry),
  };
}

/** The same tensors under the names that `rename` gives, without those for which it gives none. */
export function renameKeys(state: StateDict, rename: (name: string) => string | undefined): StateDict {
  const entries = state.entries.flatMap((entry) => {
    const name = rename(entry.name);
    return name === undefined ? [] : [[name, entry] as const];
  });
  return renamed(state, entries, state.modules);
}

/**
 * Takes `prefix` off every name when all names have it; otherwise the state dict is returned as it is.
 */
export function stripPrefix(state: StateDict, prefix: string): StateDict {
  if (state.entries.length === 0 || !state.entries.every(({ name }) => name.startsWith(prefix))) return state;
  const path = prefix.replace(/\.$/, '');
  const modules = new Map<string, JsonValue>();
  for (const [key, value] of state.modules) {
    if (key === path) modules.set('', value);
    else if (key.startsWith(prefix)) modules.set(key.slice(prefix.length), value);
    else if (!modules.has(key)) modules.set(key, value);
  }
  return renamed(
    state,
    state.entries.map((entry) => [entry.name.slice(prefix.length), entry] as const),
    modules,
  );
}

/** The container to go into: one of the usual keys, unless the container has tensors of its own. */
function step(container: Container): string | undefined {
  if (container.direct > 0) return undefined;
  return usualKeys.find((key) => {
    const child = container.children.get(key);
    return child !== undefined && child.end > child.start;
  });
}

export interface StateDictOptions {
  /** Keys that lead to the state dict, instead of looking for it: `['ema', 'state_dict']`; `[]` is the root. */
  readonly path?: readonly string[];
  /** Take `module.` and `_orig_mod.` off; default true. */
  readonly strip?: boolean;
}

/**
 * The state dict of a checkpoint. A TorchScript archive is one as it is; elsewhere goes into `state_dict`, `model`, `model_state_dict` and their like, again and again,
 * while a container has no tensors of its own.
 * @throws usage when `path` leads nowhere
 * @throws state-dict when there are no tensors
 */
export function stateDictOf(checkpoint: Checkpoint, { path, strip = true }: StateDictOptions = {}): StateDict {
  let container = checkpoint.root;
  let prefix = '';
  const enter = (key: string, child: Container): void => {
    container = child;
    prefix += `${key}.`;
  };
  if (path === undefined && checkpoint.format !== 'torchscript') {
    for (let key = step(container); key !== undefined; key = step(container))
      enter(key, container.children.get(key) as Container);
  } else {
    for (const key of path ?? []) {
      const child = container.children.get(key);
      if (child === undefined) {
        const known = [...container.children.keys()].slice(0, 20).join(', ') || 'none';
        throw new OcelliError('usage', `${checkpoint.name}: nothing at "${path?.join('.')}"; the containers there are ${known}`);
      }
      enter(key, child);
    }
  }
  const entries = checkpoint.entries.slice(container.start, container.end);
  if (entries.length === 0)
    throw new OcelliError('state-dict', `${checkpoint.name}: no tensors at "${prefix}"; give a file with a state dict`);
  const base: StateDict = {
    name: checkpoint.name,
    entries: checkpoint.entries,
    modules: container.modules,
    read: (wanted) => checkpoint.read(wanted),
  };
  let state = renamed(
    base,
    entries.map((entry) => [entry.name.slice(prefix.length), entry] as const),
    container.modules,
  );
  if (strip) for (const usual of usualPrefixes) state = stripPrefix(state, usual);
  return state;
}

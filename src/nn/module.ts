/** The base of everything a user defines: fields that are parameters and modules, and a forward function over values. */
import { OcelliError } from '../base/errors.ts';
import type { Value } from '../compiler/ir/graph.ts';
import { isParameter, type Parameter } from './parameter.ts';
import { traceOf } from './trace-context.ts';
import type { TrainingLoss } from './training-loss.ts';

/**
 * A network or a part of one. Its state-dict keys are the names of its fields, joined by dots, as in PyTorch.
 *
 * @typeParam In what `forward` takes; one value unless said otherwise
 * @typeParam Out what `forward` gives; one value unless said otherwise
 */
export abstract class Module<In extends readonly Value[] = readonly [Value], Out = Value> {
  /** Tells modules apart from other objects, also those of another copy of the package. */
  readonly isOcelliModule = true as const;

  /** What the module computes. Call it through `call`, so that its nodes are filed under its path. */
  protected abstract forward(...inputs: In): Out;

  /** Runs `forward` with the nodes it makes filed under this module's path. */
  call(...inputs: In): Out {
    const first = inputs[0];
    if (first === undefined) throw new OcelliError('usage', `${this.constructor.name}: call needs a value`);
    return traceOf(first).call(this, inputs, () => this.forward(...inputs));
  }

  /**
   * Told of a checkpoint before its tensors are matched: their shapes by key, keys counted from this module. A model whose
   * layers differ between versions takes the checkpoint's form here; any other leaves this alone.
   */
  adaptTo(_shapes: ReadonlyMap<string, readonly number[]>): void {}

  /**
   * This module's key for what a checkpoint calls `key`, both counted from this module; undefined for a tensor that it does not
   * need. A model whose keys had other names once, or whose checkpoints hold more than it has, says so here; any other leaves
   * this alone.
   */
  keyOf(key: string): string | undefined {
    return key;
  }

  /**
   * How this model is trained where that takes more than a loss of its output: `train` and `ocelli train` ask the model they are
   * given, and `lossOf` asks for steps of one's own. Undefined, as for most models, is the loss of the output alone.
   */
  trainingLoss(): TrainingLoss | undefined {
    return undefined;
  }

  /**
   * Of a whole model: the path of the module whose result is its embedding. Undefined, the default, where the embedding is what the
   * head is given.
   */
  embeddingPath(): string | undefined {
    return undefined;
  }

  /**
   * What a classifier's numbers are: logits, from which softmax makes scores, or already scores from 0 to 1, of each class for itself.
   */
  outputKind(): 'logits' | 'scores' {
    return 'logits';
  }

  /** The modules in this one's fields, by field name, in the order of the fields. */
  *children(): IterableIterator<readonly [string, AnyModule]> {
    for (const [name, field] of Object.entries(this)) if (isModule(field)) yield [name, field];
  }

  /** The parameters and buffers in this module's own fields. */
  *ownParameters(): IterableIterator<readonly [string, Parameter]> {
    for (const [name, field] of Object.entries(this)) if (isParameter(field)) yield [name, field];
  }
}

/** Any module, whatever it takes and gives. */
export type AnyModule = Module<never, unknown> & {
  children(): IterableIterator<readonly [string, AnyModule]>;
};

export function isModule(value: unknown): value is AnyModule {
  return typeof value === 'object' && value !== null && 'isOcelliModule' in value;
}

/** `a` and `b` as one path; either may be empty. */
export function joinPath(a: string, b: string): string {
  return a === '' ? b : b === '' ? a : `${a}.${b}`;
}

/** All modules from `root` down, with their paths; the root's is ''. A module reached twice is listed under its first path. */
export function* namedModules(root: AnyModule): IterableIterator<readonly [string, AnyModule]> {
  const seen = new Set<AnyModule>();
  function* walk(module: AnyModule, path: string): IterableIterator<readonly [string, AnyModule]> {
    if (seen.has(module)) return;
    seen.add(module);
    yield [path, module];
    for (const [name, child] of module.children()) yield* walk(child, joinPath(path, name));
  }
  yield* walk(root, '');
}

/** All parameters and buffers with their state-dict keys, in PyTorch's order: a module's own, then its children's. */
export function* namedParameters(root: AnyModule): IterableIterator<readonly [string, Parameter]> {
  const seen = new Set<Parameter>();
  for (const [path, module] of namedModules(root)) {
    for (const [name, parameter] of module.ownParameters()) {
      if (seen.has(parameter)) continue;
      seen.add(parameter);
      yield [joinPath(path, name), parameter];
    }
  }
}

/** Tells every module of a model of a checkpoint that is about to be loaded; see `Module.adaptTo`. */
export function adaptToCheckpoint(root: AnyModule, shapes: ReadonlyMap<string, readonly number[]>): void {
  for (const [path, module] of [...namedModules(root)]) {
    if (module.adaptTo === Module.prototype.adaptTo) continue;
    const prefix = path === '' ? '' : `${path}.`;
    const own = [...shapes].flatMap(([key, shape]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), shape] as const] : [],
    );
    module.adaptTo(new Map(own));
  }
}

/**
 * Of a model: what gives its key for a checkpoint's, or undefined for a tensor that it does not need; see `Module.keyOf`. A
 * module's answer is asked after those of the modules around it.
 */
export function checkpointKeys(root: AnyModule): (key: string) => string | undefined {
  const renaming = [...namedModules(root)].filter(([, module]) => module.keyOf !== Module.prototype.keyOf);
  return (key) => {
    let name = key;
    for (const [path, module] of renaming) {
      const prefix = path === '' ? '' : `${path}.`;
      if (!name.startsWith(prefix)) continue;
      const own = module.keyOf(name.slice(prefix.length));
      if (own === undefined) return undefined;
      name = prefix + own;
    }
    return name;
  };
}

/**
 * The module at a path such as `layer1.0.conv1`.
 * @throws usage naming the paths there are at the level where it ends
 */
export function moduleAt(root: AnyModule, path: string): AnyModule {
  let module = root;
  let sofar = '';
  for (const name of path === '' ? [] : path.split('.')) {
    const children = new Map(module.children());
    const next = children.get(name);
    if (!next) {
      const where = sofar === '' ? 'the model' : `"${sofar}"`;
      throw new OcelliError(
        'usage',
        `there is no module "${path}": ${where} has ${[...children.keys()].join(', ') || 'no parts'}`,
      );
    }
    module = next;
    sofar = joinPath(sofar, name);
  }
  return module;
}

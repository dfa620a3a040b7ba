/** Changing a model's parts: another head for another task, or none for embeddings. */
import { OcelliError } from '../base/errors.ts';
import { ConvNd } from './layers/conv.ts';
import { Identity } from './layers/identity.ts';
import { Linear } from './layers/linear.ts';
import { type AnyModule, moduleAt, namedModules } from './module.ts';
import type { Parameter } from './parameter.ts';

/**
 * Puts another module in the place at a path such as `classifier.1`.
 * @throws usage when there is no module at the path
 */
export function replaceModule(root: AnyModule, path: string, module: AnyModule): void {
  if (path === '') throw new OcelliError('usage', 'the whole model cannot be replaced in itself: give the path of a part');
  moduleAt(root, path);
  const dot = path.lastIndexOf('.');
  const parent = moduleAt(root, dot < 0 ? '' : path.slice(0, dot));
  Object.assign(parent, { [path.slice(dot + 1)]: module });
}

/** What depends on the number of classes: it can be made anew, untrained, for another one. */
type PerClass = AnyModule & { withOutputs(outputs: number): AnyModule };

/**
 * A layer whose outputs can be classes: a linear or convolutional one, or a model's own layer with these fields.
 */
export type Head = AnyModule & {
  readonly weight: Parameter;
  readonly bias?: Parameter | undefined;
  /** The axis of the weight with a place for each class; default the first. */
  readonly classAxis?: number;
  withOutputs(outputs: number): Head;
};

function isPerClass(module: AnyModule): module is PerClass {
  return 'withOutputs' in module;
}

function isHead(module: AnyModule): module is Head {
  return isPerClass(module) && 'weight' in module;
}

export interface FoundHead {
  readonly path: string;
  readonly head: Head;
  /** The axis of the head's weight that has a place for each class. */
  readonly classAxis: number;
}

/** What `headOf` gives, or undefined when the model has no head. */
export function findHead(model: AnyModule): FoundHead | undefined {
  let found: FoundHead | undefined;
  const others = auxiliaryHeads(model);
  for (const [path, module] of namedModules(model)) {
    if (path === '' || others.some((other) => path === other || path.startsWith(`${other}.`))) continue;
    if (isHead(module)) found = { path, head: module, classAxis: module.classAxis ?? 0 };
  }
  return found;
}

/**
 * The layer that gives the logits and its path: the last linear or convolutional one, in the order of the state dict, auxiliary
 * heads left out.
 * @throws usage when the model has none
 */
export function headOf(model: AnyModule): FoundHead {
  const found = findHead(model);
  if (!found) throw new OcelliError('usage', 'the model has no linear or convolutional layer to be its head');
  return found;
}

/**
 * The paths of all layers that give logits of the classes: `headOf`, then those of auxiliary heads that the model's `trainingLoss`
 * names.
 * @throws usage as headOf
 */
export function headsOf(model: AnyModule): readonly string[] {
  return [headOf(model).path, ...auxiliaryHeads(model)];
}

function auxiliaryHeads(model: AnyModule): readonly string[] {
  return model.trainingLoss()?.heads ?? [];
}

function headAt(model: AnyModule, path: string): Head {
  const head = moduleAt(model, path);
  if (isHead(head)) return head;
  throw new OcelliError('usage', `module "${path}" is no linear or convolutional layer, so it cannot be the head`);
}

/**
 * Gives the model a new, untrained head with `numClasses` outputs, initialized by the same rule as the old one; all else
 * keeps its values. Returns the new head's path, which is the place of its state-dict keys.
 *
 * @param path where the head is; default the last linear or convolutional layer, and with it the model's auxiliary heads
 * @throws usage when there is no such layer there
 */
export function replaceHead(model: AnyModule, numClasses: number, path?: string): string {
  const [main = '', ...others] = path === undefined ? headsOf(model) : [path];
  for (const one of [main, ...others]) replaceLayer(model, numClasses, one);
  return main;
}

function replaceLayer(model: AnyModule, numClasses: number, path: string): void {
  const part = moduleAt(model, path);
  const old = isPerClass(part) ? part : headAt(model, path);
  const made = old.withOutputs(numClasses);
  if (isHead(old) && isHead(made)) {
    made.weight.init = old.weight.init;
    // A bias that began at torch's default still does: its bound depends on the inputs alone.
    if (made.bias && old.bias) made.bias.init = old.bias.init;
  }
  replaceModule(model, path, made);
}

/**
 * Takes the head out, so that the model gives what the head was given: embeddings [N, features]. Returns their length.
 *
 * @param path where the head is; default the last linear or convolutional layer
 * @throws usage when there is no such layer there, or the model needs its head
 */
export function removeHead(model: AnyModule, path: string = headOf(model).path): number {
  const head = headAt(model, path);
  if (!(head instanceof Linear || head instanceof ConvNd)) {
    throw new OcelliError('usage', `the model gives nothing without "${path}": take features of its parts instead`);
  }
  replaceModule(model, path, new Identity());
  return head instanceof Linear ? head.inFeatures : head.inChannels;
}

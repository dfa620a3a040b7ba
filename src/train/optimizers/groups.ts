/** Settings that differ between parameters: which are decayed, and whose learning rate is scaled. */
import { OcelliError } from '../../base/errors.ts';
import { type AnyModule, namedParameters } from '../../nn/module.ts';
import type { Parameter } from '../../nn/parameter.ts';

export interface ParameterSettings {
  /** In place of the optimizer's own. */
  readonly weightDecay?: number;
  /** The learning rate is multiplied by it; default 1. */
  readonly learningRateScale?: number;
}

/** The settings of a parameter by its state-dict key; undefined for the optimizer's own. It is asked once, when the step is traced. */
export type ParameterGroups = (path: string, parameter: Parameter) => ParameterSettings | undefined;

/** No weight decay for biases and for the scales of norms: for all parameters of at most one axis. */
export const noDecayForVectors: ParameterGroups = (_path, { shape }) => (shape.length <= 1 ? { weightDecay: 0 } : undefined);

/**
 * Learning rates that shrink from a model's last layer to its first: layer i of n has `rate` to the power n − 1 − i.
 *
 * Layers are the model's parts in the order of its fields, with sequences opened: `conv1`, `layer1.0`, `layer1.1`, ..., `fc`. A
 * part without weights of two or more axes, such as a batch norm, belongs to the layer before it.
 *
 * @throws usage unless `rate` is above 0 and at most 1
 */
export function layerwiseDecay(model: AnyModule, rate: number): ParameterGroups {
  if (!(rate > 0 && rate <= 1)) throw new OcelliError('usage', `layerwiseDecay: rate is above 0 and at most 1, ${rate} came`);
  const layers = new Map<Parameter, number>();
  let count = 0;
  for (const part of partsOf(model)) {
    if (part.some(({ shape }) => shape.length > 1)) count++;
    for (const parameter of part) layers.set(parameter, Math.max(count, 1));
  }
  return (_path, parameter) => {
    const layer = layers.get(parameter);
    return layer === undefined ? undefined : { learningRateScale: rate ** (Math.max(count, 1) - layer) };
  };
}

/** The parameters of each part of a model, in order; sequences, whose parts are called 0, 1, ..., are opened. */
function* partsOf(module: AnyModule): IterableIterator<readonly Parameter[]> {
  yield [...module.ownParameters()].map(([, parameter]) => parameter);
  for (const [, child] of module.children()) {
    const names = [...child.children()].map(([name]) => name);
    if (names.length > 0 && names.every((name) => /^\d+$/.test(name))) yield* partsOf(child);
    else yield [...namedParameters(child)].map(([, parameter]) => parameter);
  }
}

/** Several groups as one: the last weight decay holds, scales are multiplied. */
export function combineGroups(...all: readonly ParameterGroups[]): ParameterGroups {
  return (path, parameter) => {
    const settings = all.map((groups) => groups(path, parameter) ?? {});
    const decay = settings.findLast(({ weightDecay }) => weightDecay !== undefined)?.weightDecay;
    const scale = settings.reduce((product, { learningRateScale = 1 }) => product * learningRateScale, 1);
    return { learningRateScale: scale, ...(decay === undefined ? {} : { weightDecay: decay }) };
  };
}

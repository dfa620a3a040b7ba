/** What an optimizer is to a training step: which tensors it keeps, which scalars it is fed, and how it moves a parameter. */
import type { Value } from '../compiler/ir/graph.ts';
import type { Parameter } from '../nn/parameter.ts';
import type { Values } from '../nn/training-loss.ts';

export type { Values };

/** A tensor that an optimizer keeps for every parameter, of the parameter's type. */
export interface OptimizerSlot {
  /** A word such as `momentum`; the state tensor is called `<name>:<key>`. */
  readonly name: string;
  /** What it is before the first step: zeros, ones, or a copy of the parameter. */
  readonly initial: 'zeros' | 'ones' | 'weight';
}

/** What all parameters share in a step. */
export interface OptimizerStep {
  /** float32 scalars: the fed ones by name. */
  readonly scalars: Values;
  /** A float32 scalar: the number of this update, from 1. */
  readonly count: Value;
}

/** One parameter in a step. */
export interface ParameterStep {
  readonly parameter: Parameter;
  /** Its state-dict key. */
  readonly path: string;
  readonly value: Value;
  /** Of the loss, after accumulation and clipping. */
  readonly gradient: Value;
  readonly slots: Values;
  readonly scalars: Values;
  /** What `shared` made. */
  readonly shared: Values;
}

/** Per parameter, new values from old ones and the gradient. */
export interface OptimizerRule {
  /** The name and all settings, as JSON, for checkpoints and reports. */
  readonly description: Readonly<Record<string, string | number | boolean>>;
  readonly slots: readonly OptimizerSlot[];
  /** Names of the scalars fed at every step: `['learningRate']`. */
  readonly scalars: readonly string[];
  /** Values made once per step for all parameters. A rule with it has a state tensor `counter:optimizer` of updates so far. */
  readonly shared?: (step: OptimizerStep) => Values;
  /** The new value, and the new value of every slot. */
  readonly update: (step: ParameterStep) => { readonly value: Value; readonly slots: Values };
}

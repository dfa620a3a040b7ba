/** How a model is trained where that takes more than a loss of its output: auxiliary heads, or a loss of its own. */
import type { Value } from '../compiler/ir/graph.ts';
import { add, mul } from './functional.ts';

/** Values by name. */
export type Values = Readonly<Record<string, Value>>;

/** What a loss may take beside the model's output and the targets. */
export interface LossParts {
  /** What the wanted modules gave, by path. */
  readonly features: Values;
  /** What the model was given, by name. */
  readonly inputs: Values;
}

/**
 * A loss of one training step, a scalar. It runs in the trace of the model, so it may call modules in the model's fields that
 * `forward` leaves alone, such as a decoder: they are trained and their buffers move as those of any other module.
 */
export type StepLoss = (output: Value, targets: Values, parts: LossParts) => Value;

/** A loss of logits [N, classes] and targets, int64 [N] or probabilities [N, classes]; a scalar. */
export type LogitsLoss = (logits: Value, target: Value) => Value;

/** What a model's own loss takes: `parts` of a step, and `base`, the loss of logits that was asked for, against this step's targets. */
export interface OwnLossParts extends LossParts {
  readonly base: (logits: Value) => Value;
}

/** What a model says about its training, see `Module.trainingLoss`. */
export interface TrainingLoss {
  /** Paths of the modules whose results the loss takes. */
  readonly features: readonly string[];
  /** The whole loss of a step, a scalar. */
  readonly loss: (output: Value, targets: Values, parts: OwnLossParts) => Value;
  /** The base when none is asked for; default cross-entropy. */
  readonly usual?: LogitsLoss;
  /**
   * Paths of layers beside the head that give logits of the same classes, or of other parts with a `withOutputs` that depend on
   * their number: a new head comes with new ones of these. Default none.
   */
  readonly heads?: readonly string[];
  /** What pictures are to be normalized with, where the loss depends on it: `ocelli train` does so unless told otherwise. */
  readonly normalize?: { readonly mean: number; readonly std: number };
}

/**
 * The loss of a model with auxiliary heads: that of its logits plus, weighted, those of theirs.
 * @param weights by the paths of modules that give logits [N, classes]
 * @param heads the layers that give them
 */
export function auxiliaryLoss(weights: Readonly<Record<string, number>>, heads: readonly string[]): TrainingLoss {
  return {
    features: Object.keys(weights),
    heads,
    loss: (logits, _targets, { features, base }) =>
      Object.entries(weights).reduce((sum, [path, weight]) => add(sum, mul(base(features[path] as Value), weight)), base(logits)),
  };
}

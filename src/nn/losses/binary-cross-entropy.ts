/**
 * The loss of yes-or-no questions, as torch's binary_cross_entropy_with_logits: with target y, positive weight p and
 * softplus(x) = log(1 + e^x), an element costs
 *
 *   (1 − y) · x + (1 + (p − 1) y) · softplus(−x)
 *
 * which is −p y log sigmoid(x) − (1 − y) log(1 − sigmoid(x)) without overflow.
 */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import { float32 } from '../../base/tensor.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { add, cast, constant, mean, mul, softplus, sub } from '../functional.ts';
import { checkAlike } from './checks.ts';

export interface BinaryCrossEntropyOptions {
  /** How much more a positive counts: one number, or one for each element of the last axis; default 1. */
  readonly posWeight?: number | readonly number[];
}

/**
 * Binary cross-entropy on logits, the mean over all elements.
 *
 * @param logits any shape, such as [N, classes] for several labels per picture
 * @param target of the logits' type, from 0 to 1
 * @returns a scalar
 * @throws shape when the two differ in type, or posWeight does not fit the last axis
 * @throws usage for weights below 0
 */
export function binaryCrossEntropy(logits: Value, target: Value, options: BinaryCrossEntropyOptions = {}): Value {
  checkKeys('binaryCrossEntropy', options, ['posWeight']);
  checkAlike('binaryCrossEntropy', 'logits', logits, target);
  const { posWeight = 1 } = options;
  const negative = mul(sub(1, target), logits);
  const positive = softplus(mul(logits, -1));
  if (posWeight === 1) return mean(add(negative, positive));
  const weights = weightsOf(logits, posWeight);
  const extra = typeof weights === 'number' ? weights - 1 : sub(weights, 1);
  return mean(add(negative, mul(add(mul(target, extra), 1), positive)));
}

function weightsOf(logits: Value, posWeight: number | readonly number[]): Value | number {
  const all = typeof posWeight === 'number' ? [posWeight] : posWeight;
  const wrong = all.find((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (wrong !== undefined) throw new OcelliError('usage', `binaryCrossEntropy: posWeight is 0 or more, ${wrong} came`);
  if (typeof posWeight === 'number') return posWeight;
  const last = logits.type.shape.at(-1);
  if (posWeight.length !== last) {
    const expected = last === undefined ? 'no list of posWeights' : `${last} posWeights, one for each element of the last axis`;
    throw new OcelliError('shape', `binaryCrossEntropy: takes ${expected}, ${posWeight.length} came`);
  }
  return cast(constant(logits.builder, float32([posWeight.length], posWeight)), logits.type.dtype);
}

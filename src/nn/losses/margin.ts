/**
 * The margin loss of capsule networks (Sabour, Frosst & Hinton 2017, arXiv 1710.09829, equation 4): with v the length of a
 * class' capsule and T 1 for a class that is there, else 0,
 *
 *   T max(0, m⁺ − v)² + λ (1 − T) max(0, v − m⁻)²,   summed over classes.
 */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import { describeType, type Value } from '../../compiler/ir/graph.ts';
import { add, cast, mean, mul, oneHot, relu, square, sub, sum } from '../functional.ts';

export interface MarginLossOptions {
  /** m⁺, the length that a present class should reach; default 0.9. */
  readonly upper?: number;
  /** m⁻, the length that an absent class should stay below; default 0.1. */
  readonly lower?: number;
  /** λ, the weight of absent classes; default 0.5. */
  readonly absentWeight?: number;
}

/**
 * The margin loss, the mean over the batch.
 *
 * @param lengths [N, classes]
 * @param target int64 [N], class indices; or of the lengths' type, 1 for each class that is there and else 0
 * @returns a scalar
 * @throws shape when the two do not fit
 * @throws usage when the margins or the weight are not finite, or the weight is below 0
 */
export function marginLoss(lengths: Value, target: Value, options: MarginLossOptions = {}): Value {
  checkKeys('marginLoss', options, ['upper', 'lower', 'absentWeight']);
  const { upper = 0.9, lower = 0.1, absentWeight = 0.5 } = options;
  if (!Number.isFinite(upper) || !Number.isFinite(lower) || !(absentWeight >= 0 && Number.isFinite(absentWeight))) {
    throw new OcelliError('usage', 'marginLoss: upper, lower and absentWeight are numbers, the weight 0 or more');
  }
  const present = presenceOf(lengths, target);
  const short = square(relu(sub(upper, lengths)));
  const long = square(relu(sub(lengths, lower)));
  const absent = mul(sub(1, present), absentWeight);
  return mean(sum(add(mul(present, short), mul(absent, long)), [1]));
}

function presenceOf(lengths: Value, target: Value): Value {
  const [n, classes] = lengths.type.shape;
  const { dtype, shape } = target.type;
  const fits = lengths.type.shape.length === 2 && typeof classes === 'number' && shape[0] === n;
  if (fits && shape.length === 1 && dtype === 'int64') return cast(oneHot(target, classes), lengths.type.dtype);
  if (fits && shape.length === 2 && shape[1] === classes && dtype === lengths.type.dtype) return target;
  throw new OcelliError(
    'shape',
    `marginLoss: takes lengths [N, classes] and int64 targets [N] or targets like the lengths, ${describeType(lengths.type)} and ${describeType(target.type)} came`,
  );
}

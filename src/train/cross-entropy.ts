/** The usual loss of classification. */
import { OcelliError } from '../base/errors.ts';
import { describeType, type Value } from '../compiler/ir/graph.ts';
import { cast, logSoftmax, mean, mul, neg, oneHot, sum } from '../nn/functional.ts';

/**
 * Cross-entropy −log softmax(logits)[target], the mean over the batch.
 *
 * @param logits [N, classes]
 * @param target int64 [N], class indices
 * @returns a scalar
 * @throws shape when the two do not fit
 */
export function crossEntropy(logits: Value, target: Value): Value {
  const [n, classes] = logits.type.shape;
  if (
    logits.type.shape.length !== 2 ||
    target.type.shape.length !== 1 ||
    target.type.shape[0] !== n ||
    typeof classes !== 'number'
  ) {
    throw new OcelliError(
      'shape',
      `crossEntropy: takes logits [N, classes] and targets [N], ${describeType(logits.type)} and ${describeType(target.type)} came`,
    );
  }
  const chosen = mul(logSoftmax(logits, 1), cast(oneHot(target, classes), logits.type.dtype));
  return neg(mean(sum(chosen, [1]), [0]));
}

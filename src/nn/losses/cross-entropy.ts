/**
 * The usual loss of classification, as torch.nn.functional.cross_entropy. With p = softmax(logits), C classes, s the label
 * smoothing and w the class weights (1 without), one picture of class t costs
 *
 *   (1 − s) · −w_t log p_t  +  s / C · Σ_c −w_c log p_c
 *
 * and the loss is the sum over pictures divided by the sum of their w_t: their number without weights. Ignored pictures count in
 * neither. Soft targets q, each first smoothed to (1 − s) q + s / C, cost Σ_c −w_c q_c log p_c, and the divisor is the number of
 * pictures, also with weights.
 */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import { float32 } from '../../base/tensor.ts';
import { describeType, type Value } from '../../compiler/ir/graph.ts';
import { add, cast, constant, div, equal, logSoftmax, mean, mul, neg, oneHot, sum, where } from '../functional.ts';

export interface CrossEntropyOptions {
  /** Share of the target that is spread evenly over all classes, from 0 up to 1; default 0. */
  readonly labelSmoothing?: number;
  /** One weight for each class; default 1 each. */
  readonly classWeights?: readonly number[];
  /** Pictures with this class count for nothing; for class targets alone. Default: none are ignored (torch's default is -100). */
  readonly ignoreIndex?: number;
}

/**
 * Cross-entropy, the mean over the batch.
 *
 * A class that is neither among the logits' nor ignored makes the loss NaN. So does a batch of ignored pictures alone, as in torch.
 *
 * @param logits [N, classes]
 * @param target int64 [N], class indices; or floating point [N, classes], probabilities (of mixup, or a teacher's)
 * @returns a scalar
 * @throws shape when the two do not fit, or not as many weights as classes came
 * @throws usage for options out of range, and for ignoreIndex with soft targets
 */
export function crossEntropy(logits: Value, target: Value, options: CrossEntropyOptions = {}): Value {
  checkKeys('crossEntropy', options, ['labelSmoothing', 'classWeights', 'ignoreIndex']);
  const { labelSmoothing = 0, ignoreIndex } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new OcelliError('usage', `crossEntropy: labelSmoothing is from 0 to 1, ${labelSmoothing} came`);
  }
  if (ignoreIndex !== undefined && !Number.isSafeInteger(ignoreIndex)) {
    throw new OcelliError('usage', `crossEntropy: ignoreIndex is a whole number, ${ignoreIndex} came`);
  }
  const [n, classes] = logits.type.shape;
  const soft = target.type.shape.length === 2;
  if (
    logits.type.shape.length !== 2 ||
    typeof classes !== 'number' ||
    target.type.shape[0] !== n ||
    target.type.shape.length > 2 ||
    (soft ? target.type.shape[1] !== classes || target.type.dtype !== logits.type.dtype : target.type.dtype !== 'int64')
  ) {
    throw new OcelliError(
      'shape',
      `crossEntropy: takes logits [N, classes] and int64 targets [N] or soft targets like the logits, ${describeType(logits.type)} and ${describeType(target.type)} came`,
    );
  }
  const weights = weightsOf(logits, classes, options.classWeights);
  if (!soft) return ofClasses(logits, target, labelSmoothing, weights, ignoreIndex);
  if (ignoreIndex !== undefined) throw new OcelliError('usage', 'crossEntropy: ignoreIndex needs class targets, soft ones came');
  return ofProbabilities(logits, target, labelSmoothing, weights);
}

function weightsOf(logits: Value, classes: number, weights: readonly number[] | undefined): Value | undefined {
  if (!weights) return undefined;
  if (weights.length !== classes) {
    throw new OcelliError('shape', `crossEntropy: takes ${classes} classWeights, one for each class, ${weights.length} came`);
  }
  const wrong = weights.find((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (wrong !== undefined) throw new OcelliError('usage', `crossEntropy: classWeights are 0 or more, ${wrong} came`);
  return cast(constant(logits.builder, float32([classes], weights)), logits.type.dtype);
}

function ofClasses(
  logits: Value,
  target: Value,
  smoothing: number,
  weights: Value | undefined,
  ignoreIndex: number | undefined,
): Value {
  const classes = logits.type.shape[1] as number;
  const logs = weighted(logSoftmax(logits, 1), weights);
  const chosen = cast(oneHot(target, classes), logits.type.dtype);
  let gains = sum(mul(logs, chosen), [1]);
  if (smoothing > 0) gains = add(mul(gains, 1 - smoothing), mul(sum(logs, [1]), smoothing / classes));
  // 1, but 0 for a class that does not exist, which makes 0 / 0.
  const known = sum(chosen, [1]);
  if (ignoreIndex === undefined) {
    const valid = div(gains, known);
    return neg(weights ? div(sum(valid), sum(mul(chosen, weights))) : mean(valid));
  }
  const ignored = equal(target, ignoreIndex);
  const valid = where(ignored, 0, div(gains, where(ignored, 1, known)));
  const counts = where(ignored, 0, sum(weighted(chosen, weights), [1]));
  return neg(div(sum(valid), sum(counts)));
}

function ofProbabilities(logits: Value, target: Value, smoothing: number, weights: Value | undefined): Value {
  const classes = logits.type.shape[1] as number;
  const smoothed = smoothing > 0 ? add(mul(target, 1 - smoothing), smoothing / classes) : target;
  return neg(mean(sum(mul(weighted(logSoftmax(logits, 1), weights), smoothed), [1])));
}

function weighted(values: Value, weights: Value | undefined): Value {
  return weights ? mul(values, weights) : values;
}

/** Pictures of a batch mixed with one another, and their labels with them. */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import type { RandomStream } from '../../base/random-stream.ts';
import { describeTensor, type Tensor, tensor } from '../../base/tensor.ts';
import { checkChoice, checkNumber, checkProbability } from './checks.ts';
import { type Cutmix, cutmix } from './cutmix.ts';
import { type Mixup, mixup } from './mixup.ts';

/** One entry of a list: plain data. */
export type BatchTransform = Mixup | Cutmix;

/** @throws usage for unknown transforms or options, or options that make no sense */
export function checkBatchTransforms(list: readonly BatchTransform[]): void {
  if (!Array.isArray(list)) throw new OcelliError('usage', 'mix: a list was expected');
  for (const [index, transform] of (list as readonly BatchTransform[]).entries()) {
    const what = `mix[${index}]`;
    if (typeof transform !== 'object' || transform === null) throw new OcelliError('usage', `${what}: an object was expected`);
    checkChoice(what, 'kind', transform.kind, ['mixup', 'cutmix']);
    checkKeys(`${what} ${transform.kind}`, transform, ['kind', 'alpha', 'p']);
    checkNumber(what, 'alpha', transform.alpha ?? 1, Number.MIN_VALUE);
    checkProbability(what, transform.p ?? 1);
  }
}

/**
 * Mixes a batch in place by one of the transforms, each as likely as any other, every sample with the one before it (the
 * first with the last), and gives soft targets.
 * @param batch [N, C, H, W], or more axes before H and W
 * @param labels N class indices
 * @returns float32 [N, classes]: one-hot rows, or rows of two classes whose shares sum to 1
 * @throws shape when labels and batch do not fit, or a label is no class
 * @throws usage for transforms that make no sense
 */
export function mixBatch(
  list: readonly BatchTransform[],
  batch: Tensor<'float32'>,
  labels: ArrayLike<number | bigint>,
  classes: number,
  random: RandomStream,
): Tensor<'float32'> {
  checkBatchTransforms(list);
  if (batch.shape.length < 4 || batch.shape[0] !== labels.length) {
    throw new OcelliError('shape', `mix: ${labels.length} labels do not fit ${describeTensor(batch)}; [N, C, H, W] was expected`);
  }
  const chosen = list.length > 1 ? list[random.below(list.length)] : list[0];
  const share = chosen && random.chance(chosen.p ?? 1) ? mixed(chosen, batch, random) : 1;
  return tensor('float32', [labels.length, classes], softTargets(labels, classes, share));
}

/** The share that every sample keeps. */
function mixed(transform: BatchTransform, batch: Tensor<'float32'>, random: RandomStream): number {
  const { alpha = 1 } = transform;
  return transform.kind === 'mixup' ? mixup(batch, alpha, random) : cutmix(batch, alpha, random);
}

/** share * one-hot(label) + (1 - share) * one-hot(label of the sample before), each step rounded to float32. */
function softTargets(labels: ArrayLike<number | bigint>, classes: number, share: number): Float32Array<ArrayBuffer> {
  const targets = new Float32Array(labels.length * classes);
  const rest = 1 - share;
  for (let n = 0; n < labels.length; n++) {
    const own = Number(labels[n]);
    const before = Number(labels[n === 0 ? labels.length - 1 : n - 1]);
    if (!Number.isInteger(own) || own < 0 || own >= classes) {
      throw new OcelliError('shape', `mix: label ${own} of sample ${n} is none of ${classes} classes`);
    }
    targets[n * classes + own] = share;
    const other = n * classes + before;
    targets[other] = (targets[other] as number) + Math.fround(rest);
  }
  return targets;
}

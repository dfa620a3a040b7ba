/**
 * Batch norm in training on blocked values. Every pass over x uses all threads, unlike ONNX Runtime's own operator: the mean, x − mean,
 * the mean of its square, then scale and shift with whatever activation or sum follows.
 */
import type { Value } from '../ir/graph.ts';
import { blocksAtHand, fromBlocks, toBlocks } from './blocked.ts';
import {
  blockedAffine,
  blockedDots,
  blockedSizes,
  blockedSums,
  filledVector,
  ownChannels,
  wholeVector,
} from './blocked-channels.ts';
import type { Lowering } from './rules.ts';

type Names = readonly [string, string, string];

const centeredKey = (x: string): string => `centered ${x}`;

/** 1 / √(variance + ε). */
function inverseOf(to: Lowering, variance: string, epsilon: number): string {
  return to.emit('Reciprocal', [to.emit('Sqrt', [to.emit('Add', [variance, to.scalar(epsilon)])])]);
}

/** y, mean and variance where x stands in blocks; undefined elsewhere. */
export function normalizeInBlocks(
  to: Lowering,
  [x, scale, bias]: readonly [Value, Value, Value],
  epsilon: number,
): Names | undefined {
  const blocks = blocksAtHand(to, x);
  if (blocks === undefined) return undefined;
  const shape = x.type.shape as readonly number[];
  const channels = shape[1] as number;
  const sizes = blockedSizes(to, shape);
  const share = to.scalar(1 / (sizes.N * sizes.H * sizes.W));
  const mean = to.emit('Mul', [blockedSums(to, blocks, sizes), share]);
  const centered = blockedAffine(to, blocks, sizes.C, filledVector(to, sizes.C, 1), to.emit('Neg', [mean]));
  const variance = to.emit('Mul', [blockedDots(to, centered, centered, sizes), share]);
  const factor = to.emit('Mul', [wholeVector(to, to.name(scale), channels), inverseOf(to, variance, epsilon)]);
  const y = blockedAffine(to, centered, sizes.C, factor, wholeVector(to, to.name(bias), channels));
  to.notes.set(centeredKey(blocks), centered);
  return [fromBlocks(to, y, channels), ownChannels(to, mean, channels), ownChannels(to, variance, channels)];
}

/** dx, dscale and dbias where x stood in blocks; the formulas are those of batchNormTrainGrad. */
export function normalizeGradInBlocks(
  to: Lowering,
  [dy, x, scale, , variance]: readonly [Value, Value, Value, Value, Value],
  epsilon: number,
): Names | undefined {
  const blocks = blocksAtHand(to, x);
  const centered = blocks === undefined ? undefined : to.notes.get(centeredKey(blocks));
  if (centered === undefined) return undefined;
  const shape = x.type.shape as readonly number[];
  const channels = shape[1] as number;
  const sizes = blockedSizes(to, shape);
  const mul = (a: string, b: string): string => to.emit('Mul', [a, b]);
  const share = to.scalar(-1 / (sizes.N * sizes.H * sizes.W));

  const dBlocks = toBlocks(to, to.name(dy));
  const s = blockedSums(to, dBlocks, sizes);
  const t = blockedDots(to, dBlocks, centered, sizes);
  const inverse = wholeVector(to, inverseOf(to, to.name(variance), epsilon), channels);
  const factor = mul(wholeVector(to, to.name(scale), channels), inverse);
  const ofCentered = mul(mul(factor, mul(inverse, inverse)), mul(t, share));
  const rest = blockedAffine(to, centered, sizes.C, ofCentered, mul(factor, mul(s, share)));
  const dx = blockedAffine(to, dBlocks, sizes.C, factor, undefined, { sum: rest });
  return [fromBlocks(to, dx, channels), ownChannels(to, mul(t, inverse), channels), ownChannels(to, s, channels)];
}

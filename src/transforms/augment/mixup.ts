/** Two pictures shining through one another: mixup (arXiv:1710.09412), as torchvision's MixUp. */
import type { RandomStream } from '../../base/random-stream.ts';
import type { Tensor } from '../../base/tensor.ts';
import { drawBeta } from './distributions.ts';

export interface Mixup {
  readonly kind: 'mixup';
  /** The share that a picture keeps is drawn from Beta(alpha, alpha), one for the batch. Default 1. */
  readonly alpha?: number;
  /** Probability that a batch is mixed. Default 1. */
  readonly p?: number;
}

/** Mixes a batch [N, ...] in place: share * sample + (1 - share) * sample before, in float32. Gives the share. */
export function mixup({ data, shape }: Tensor<'float32'>, alpha: number, random: RandomStream): number {
  const share = drawBeta(alpha, alpha, random);
  const own = Math.fround(share);
  const rest = Math.fround(1 - share);
  const length = data.length / (shape[0] as number);
  const last = data.slice(data.length - length);
  for (let i = data.length - 1; i >= 0; i--) {
    const before = i >= length ? (data[i - length] as number) : (last[i] as number);
    data[i] = Math.fround(rest * before) + Math.fround(own * (data[i] as number));
  }
  return share;
}

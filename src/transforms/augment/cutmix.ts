/** A rectangle of one picture pasted into another: CutMix (arXiv:1905.04899), as torchvision's CutMix. */
import type { RandomStream } from '../../base/random-stream.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { Size } from '../geometry.ts';
import type { Window } from '../window.ts';
import { drawBeta } from './distributions.ts';

export interface Cutmix {
  readonly kind: 'cutmix';
  /** The share that a picture keeps is drawn from Beta(alpha, alpha), one for the batch. Default 1. */
  readonly alpha?: number;
  /** Probability that a batch is mixed. Default 1. */
  readonly p?: number;
}

/**
 * The rectangle that is pasted: sides sqrt(1 - share) of the picture's about a middle anywhere in it, cut at its edges, so
 * that it may be smaller than that share.
 */
export function drawCut({ width, height }: Size, share: number, random: RandomStream): Window {
  const x = random.below(width);
  const y = random.below(height);
  const radius = 0.5 * Math.sqrt(1 - share);
  const [halfWidth, halfHeight] = [Math.trunc(radius * width), Math.trunc(radius * height)];
  const left = Math.max(0, x - halfWidth);
  const top = Math.max(0, y - halfHeight);
  return {
    left,
    top,
    width: Math.min(width, x + halfWidth) - left,
    height: Math.min(height, y + halfHeight) - top,
  };
}

/** Pastes a rectangle of the sample before into every sample of a batch [N, ..., H, W], in place. Gives the share kept. */
export function cutmix({ data, shape }: Tensor<'float32'>, alpha: number, random: RandomStream): number {
  const width = shape.at(-1) as number;
  const height = shape.at(-2) as number;
  const window = drawCut({ width, height }, drawBeta(alpha, alpha, random), random);
  const length = data.length / (shape[0] as number);
  const last = data.slice(data.length - length);
  for (let plane = data.length - width * height; plane >= 0; plane -= width * height) {
    for (let y = window.top; y < window.top + window.height; y++) {
      const to = plane + y * width + window.left;
      if (to >= length) data.copyWithin(to, to - length, to - length + window.width);
      else data.set(last.subarray(to, to + window.width), to);
    }
  }
  return 1 - (window.width * window.height) / (width * height);
}

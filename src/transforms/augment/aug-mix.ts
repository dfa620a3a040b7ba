/** Chains of operations mixed with the picture (arXiv:1912.02781): torchvision's AugMix. */
import type { RandomStream } from '../../base/random-stream.ts';
import type { Picture } from '../../platform/image.ts';
import { type AffineInterpolation, affineInterpolations } from '../kernels/affine.ts';
import { checkChoice, checkInteger, checkNumber, fillOf } from './checks.ts';
import { drawDirichlet } from './distributions.ts';
import { operate, type SpaceEntry, signedMagnitude } from './operations.ts';
import type { PictureRule } from './rule.ts';
import { augMixSpace, bySize } from './spaces.ts';

export interface AugMix {
  readonly kind: 'augMix';
  /** Levels 0 to severity - 1 of 10 are drawn. Default 3. */
  readonly severity?: number;
  /** How many chains. Default 3. */
  readonly mixtureWidth?: number;
  /** Operations in a chain; -1 draws 1 to 3 for each. Default -1. */
  readonly chainDepth?: number;
  /** Parameter of the Dirichlet and Beta distributions that weights are drawn from. Default 1. */
  readonly alpha?: number;
  /** Whether brightness, colour, contrast and sharpness take part. Default true. */
  readonly allOps?: boolean;
  /** Default 'bilinear'. */
  readonly interpolation?: AffineInterpolation;
  /** Bytes for what was outside: one, or one a channel. Default 0. */
  readonly fill?: number | readonly number[];
}

/** sum += weight * picture, in float32. */
function accumulate(sum: Float32Array, weight: number, { data }: Picture): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + Math.fround(weight * (data[i] as number));
}

/**
 * The picture's weight is drawn from Beta(alpha, alpha), the chains' shares of the rest from Dirichlet(alpha, ...); the mix is
 * summed in float32 and truncated. torchvision runs the operations on tensors here, which place and round a little
 * differently; these are the operations of pictures, as in the other methods.
 */
export const augMix: PictureRule<AugMix> = {
  stage: 'picture',
  keys: ['severity', 'mixtureWidth', 'chainDepth', 'alpha', 'allOps', 'interpolation', 'fill'],
  plan(options, before, what) {
    const { severity = 3, mixtureWidth = 3, chainDepth = -1, alpha = 1, allOps = true } = options;
    const { interpolation = 'bilinear', fill = 0 } = options;
    checkInteger(what, 'severity', severity, 1, 10);
    checkInteger(what, 'mixtureWidth', mixtureWidth, 1);
    checkInteger(what, 'chainDepth', chainDepth, -1);
    checkNumber(what, 'alpha', alpha, Number.MIN_VALUE);
    checkChoice(what, 'allOps', allOps, [true, false]);
    checkChoice(what, 'interpolation', interpolation, affineInterpolations);
    const around = { interpolation, fill: fillOf(what, fill, before.channels) };
    const spaceOf = bySize((size) => augMixSpace(size, allOps));
    const chain = (picture: Picture, random: RandomStream): Picture => {
      const space = spaceOf(picture);
      const depth = chainDepth > 0 ? chainDepth : 1 + random.below(3);
      let current = picture;
      for (let i = 0; i < depth; i++) {
        const entry = space[random.below(space.length)] as SpaceEntry;
        const level = entry.magnitudes.length > 0 ? random.below(severity) : 0;
        current = operate(current, entry.operation, signedMagnitude(entry, level, random), around);
      }
      return current;
    };
    return {
      after: before,
      step: (picture, random) => {
        const [own, rest] = drawDirichlet([alpha, alpha], random) as [number, number];
        const shares = drawDirichlet(new Array<number>(mixtureWidth).fill(alpha), random);
        const sum = new Float32Array(picture.data.length);
        accumulate(sum, Math.fround(own), picture);
        for (const share of shares) accumulate(sum, Math.fround(Math.fround(share) * Math.fround(rest)), chain(picture, random));
        return { ...picture, data: Uint8Array.from(sum) };
      },
    };
  },
};

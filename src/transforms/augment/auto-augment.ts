/** A learned policy, one of its sub-policies per picture (arXiv:1805.09501): torchvision's AutoAugment. */
import { type AffineInterpolation, affineInterpolations } from '../kernels/affine.ts';
import { checkChoice, fillOf } from './checks.ts';
import { operate } from './operations.ts';
import { type AutoAugmentPolicy, policies, type SubPolicy } from './policies.ts';
import type { PictureRule } from './rule.ts';
import { autoAugmentSpace, bySize } from './spaces.ts';

export interface AutoAugment {
  readonly kind: 'autoAugment';
  /** The data that the policy was learned on. Default 'imagenet'. */
  readonly policy?: AutoAugmentPolicy;
  /** Default 'nearest'. */
  readonly interpolation?: AffineInterpolation;
  /** Bytes for what was outside: one, or one a channel. Default 0. */
  readonly fill?: number | readonly number[];
}

export const autoAugment: PictureRule<AutoAugment> = {
  stage: 'picture',
  keys: ['policy', 'interpolation', 'fill'],
  plan({ policy = 'imagenet', interpolation = 'nearest', fill = 0 }, before, what) {
    checkChoice(what, 'policy', policy, Object.keys(policies));
    checkChoice(what, 'interpolation', interpolation, affineInterpolations);
    const around = { interpolation, fill: fillOf(what, fill, before.channels) };
    const choices = policies[policy];
    const spaceOf = bySize(autoAugmentSpace);
    return {
      after: before,
      step: (picture, random) => {
        const steps = choices[random.below(choices.length)] as SubPolicy;
        const space = spaceOf(picture);
        const chances = [random.uniform(), random.uniform()];
        const negative = [random.below(2) === 0, random.below(2) === 0];
        let current = picture;
        for (const [index, [operation, p, level]] of steps.entries()) {
          if ((chances[index] as number) > p) continue;
          const { magnitudes, signed } = space[operation];
          const magnitude = level === undefined ? 0 : (magnitudes[level] ?? 0);
          current = operate(current, operation, signed && negative[index] ? -magnitude : magnitude, around);
        }
        return current;
      },
    };
  },
};

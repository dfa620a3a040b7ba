/** (value - mean) / std per channel, in float32: torchvision's Normalize. */
import { OcelliError } from '../../base/errors.ts';
import { checkStd } from '../normalize.ts';
import { checkNumber } from './checks.ts';
import type { TensorRule } from './rule.ts';

export interface Normalize {
  readonly kind: 'normalize';
  /** A number per channel, in the order and the scale that `toTensor` left. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export const normalize: TensorRule<Normalize> = {
  stage: 'tensor',
  keys: ['mean', 'std'],
  plan({ mean, std }, { channels, width, height }, what) {
    if (!Array.isArray(mean) || !Array.isArray(std) || mean.length !== channels || std.length !== channels) {
      const given = `${JSON.stringify(mean)} and ${JSON.stringify(std)}`;
      throw new OcelliError('usage', `${what}: mean and std must have a number for each of ${channels} channels, ${given} came`);
    }
    for (const value of mean) checkNumber(what, 'mean', value);
    for (const value of std) checkNumber(what, 'std', value);
    checkStd(std);
    const plane = width * height;
    return (values, offset) => {
      for (let channel = 0, i = offset; channel < channels; channel++) {
        const center = Math.fround(mean[channel] as number);
        const spread = Math.fround(std[channel] as number);
        for (const end = i + plane; i < end; i++) values[i] = Math.fround((values[i] as number) - center) / spread;
      }
    };
  },
};

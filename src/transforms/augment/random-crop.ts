/** A window of fixed size at a random place, after padding: torchvision's RandomCrop. */
import { OcelliError } from '../../base/errors.ts';
import type { RandomStream } from '../../base/random-stream.ts';
import type { Picture } from '../../platform/image.ts';
import { crop } from '../crop.ts';
import type { Size } from '../geometry.ts';
import { type PaddingMode, pad, paddingModes } from '../kernels/pad.ts';
import type { Window } from '../window.ts';
import { checkChoice, fillOf, type SizeOption, sizeOf } from './checks.ts';
import { bordersOf, type Padding } from './pad.ts';
import type { PictureRule } from './rule.ts';

export interface RandomCrop {
  readonly kind: 'randomCrop';
  readonly size: SizeOption;
  /** Added before cropping. Default 0. */
  readonly padding?: Padding;
  /** Whether a picture that is too small is padded by what it lacks, at both sides. Default false: it is refused. */
  readonly padIfNeeded?: boolean;
  /** Default 'constant'. */
  readonly paddingMode?: PaddingMode;
  /** Bytes that `constant` pads with: one, or one a channel. Default 0. */
  readonly fill?: number | readonly number[];
}

/** Where the crop falls: every place is as likely as any other. @throws shape when it is larger than the picture */
export function drawCrop(picture: Size, size: Size, random: RandomStream, what: string): Window {
  if (picture.width < size.width || picture.height < size.height) {
    throw new OcelliError(
      'shape',
      `${what}: a picture of ${picture.width}x${picture.height} is smaller than ${size.width}x${size.height}; pad more, or set padIfNeeded`,
    );
  }
  if (picture.width === size.width && picture.height === size.height) return { left: 0, top: 0, ...size };
  const top = random.below(picture.height - size.height + 1);
  const left = random.below(picture.width - size.width + 1);
  return { left, top, ...size };
}

export const randomCrop: PictureRule<RandomCrop> = {
  stage: 'picture',
  keys: ['size', 'padding', 'padIfNeeded', 'paddingMode', 'fill'],
  plan(options, { channels }, what) {
    const { padding = 0, padIfNeeded = false, paddingMode = 'constant', fill = 0 } = options;
    const size = sizeOf(what, options.size);
    const borders = bordersOf(what, padding);
    checkChoice(what, 'padIfNeeded', padIfNeeded, [true, false]);
    checkChoice(what, 'paddingMode', paddingMode, paddingModes);
    const colour = fillOf(what, fill, channels);
    const padded = Object.values(borders).some((border) => border > 0);
    const step = (picture: Picture, random: RandomStream): Picture => {
      let whole = padded ? pad(picture, borders, paddingMode, colour) : picture;
      if (padIfNeeded && whole.width < size.width) {
        const lack = size.width - whole.width;
        whole = pad(whole, { left: lack, top: 0, right: lack, bottom: 0 }, paddingMode, colour);
      }
      if (padIfNeeded && whole.height < size.height) {
        const lack = size.height - whole.height;
        whole = pad(whole, { left: 0, top: lack, right: 0, bottom: lack }, paddingMode, colour);
      }
      return crop(whole, drawCrop(whole, size, random, what));
    };
    return { after: { channels, size }, step };
  },
};

/** Borders around pictures: torchvision's Pad. */
import { type Borders, type PaddingMode, paddingModes, pad as padPicture } from '../kernels/pad.ts';
import { checkChoice, checkInteger, fillOf } from './checks.ts';
import type { PictureRule } from './rule.ts';

/** Pixels at all sides; [left and right, top and bottom]; or [left, top, right, bottom]. */
export type Padding = number | readonly [number, number] | readonly [number, number, number, number];

export interface Pad {
  readonly kind: 'pad';
  readonly padding: Padding;
  /** Default 'constant'. */
  readonly mode?: PaddingMode;
  /** Bytes that `constant` pads with: one, or one a channel. Default 0. */
  readonly fill?: number | readonly number[];
}

/** @throws usage unless all are whole numbers of at least 0 */
export function bordersOf(what: string, padding: Padding): Borders {
  const values: readonly number[] = Array.isArray(padding) ? padding : [padding as number];
  checkChoice(what, 'numbers in padding', values.length, [1, 2, 4]);
  for (const value of values) checkInteger(what, 'padding', value, 0);
  const [left, top = left, right = left, bottom = top] = values as readonly [number, ...number[]];
  return { left, top, right, bottom };
}

export const pad: PictureRule<Pad> = {
  stage: 'picture',
  keys: ['padding', 'mode', 'fill'],
  plan({ padding, mode = 'constant', fill = 0 }, before, what) {
    const borders = bordersOf(what, padding);
    checkChoice(what, 'mode', mode, paddingModes);
    const colour = fillOf(what, fill, before.channels);
    const after = before.size && {
      width: before.size.width + borders.left + borders.right,
      height: before.size.height + borders.top + borders.bottom,
    };
    return {
      after: after ? { channels: before.channels, size: after } : before,
      step: (picture) => padPicture(picture, borders, mode, colour),
    };
  },
};

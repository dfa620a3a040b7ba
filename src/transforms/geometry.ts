/** Sizes and crops as torchvision computes them. */
import { OcelliError } from '../base/errors.ts';
import { roundHalfEven } from '../base/rounding.ts';
import type { RgbImage } from '../platform/image.ts';
import { crop } from './crop.ts';
import { checkImage, checkSize } from './resize.ts';
import type { Window } from './window.ts';

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The size with the short side at `size` and the ratio kept; the long side is truncated, as torchvision does.
 * With `maxSize` a longer long side is cut to it and the short side follows.
 * @throws shape for sizes that are no positive integers, or when `maxSize` leaves nothing of the short side
 * @throws usage when `maxSize` is not larger than `size`
 */
export function shortSideSize(width: number, height: number, size: number, maxSize?: number): Size {
  checkSize('picture', width, height);
  checkSize('short side', size, size);
  let short = size;
  let long = Math.trunc((size * Math.max(width, height)) / Math.min(width, height));
  if (maxSize !== undefined) {
    if (maxSize <= size) throw new OcelliError('usage', `maxSize (${maxSize}) must be larger than the short side (${size})`);
    if (long > maxSize) {
      short = Math.trunc((maxSize * short) / long);
      long = maxSize;
    }
  }
  checkSize('resized', short, long);
  return width <= height ? { width: short, height: long } : { width: long, height: short };
}

/** Where a centred crop of `crop` pixels begins along a side of `size`; negative when the side must be padded. */
function cropStart(size: number, crop: number): number {
  return crop > size ? -Math.floor((crop - size) / 2) : roundHalfEven((size - crop) / 2);
}

/**
 * The centred window of torchvision's `center_crop`: halves round to even, and a side shorter than the crop starts at
 * minus half of what is missing (rounded down), so that the odd pixel of padding falls right and below.
 */
export function centerWindow(size: Size, width: number, height: number): Window {
  return { left: cropStart(size.width, width), top: cropStart(size.height, height), width, height };
}

/** The part of `window` that lies inside a picture of that size. */
export function insidePart(window: Window, size: Size): Window {
  const left = Math.max(0, window.left);
  const top = Math.max(0, window.top);
  return {
    left,
    top,
    width: Math.min(size.width, window.left + window.width) - left,
    height: Math.min(size.height, window.top + window.height) - top,
  };
}

/**
 * The middle `width` x `height` (a square by default) of a picture; where the picture is smaller, black is added around it.
 * @throws shape for sizes that are no positive integers
 */
export function centerCrop(image: RgbImage, width: number, height: number = width): RgbImage {
  checkImage(image);
  checkSize('crop', width, height);
  const { data } = crop({ ...image, channels: 3 }, centerWindow(image, width, height));
  return { width, height, data: data === image.data ? data.slice() : data };
}

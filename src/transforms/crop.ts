/** Cuts a window out of 8-bit pixels; what lies outside the picture is black, as Pillow's `crop` leaves it. */
import type { Picture } from '../platform/image.ts';
import type { Window } from './window.ts';

/** The picture's pixels in `window`, which may leave the picture. The whole picture is given back as it is. */
export function crop(picture: Picture, window: Window): Picture {
  const { channels, data } = picture;
  const { width, height } = window;
  if (window.left === 0 && window.top === 0 && width === picture.width && height === picture.height) return picture;
  const out = new Uint8Array(width * height * channels);
  const left = Math.max(0, window.left);
  const top = Math.max(0, window.top);
  const rowBytes = (Math.min(picture.width, window.left + width) - left) * channels;
  const bottom = Math.min(picture.height, window.top + height);
  if (rowBytes <= 0) return { width, height, channels, data: out };
  for (let y = top; y < bottom; y++) {
    const from = (y * picture.width + left) * channels;
    const to = ((y - window.top) * width + left - window.left) * channels;
    out.set(data.subarray(from, from + rowBytes), to);
  }
  return { width, height, channels, data: out };
}

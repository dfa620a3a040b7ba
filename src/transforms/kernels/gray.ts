/** Gray pictures from colour ones, as Pillow's `convert('L')` weighs them (ITU-R 601-2, 16 fractional bits). */
import type { Picture } from '../../platform/image.ts';

/** The gray of a colour. */
export function luma(red: number, green: number, blue: number): number {
  return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}

/** The picture in one channel. */
export function toGray(picture: Picture): Picture {
  const { width, height, channels, data } = picture;
  if (channels === 1) return picture;
  const out = new Uint8Array(width * height);
  for (let i = 0, from = 0; i < out.length; i++, from += 3) {
    out[i] = luma(data[from] as number, data[from + 1] as number, data[from + 2] as number);
  }
  return { width, height, channels: 1, data: out };
}

/** A gray picture in three equal channels. */
export function toThreeChannels(picture: Picture): Picture {
  const { width, height, channels, data } = picture;
  if (channels === 3) return picture;
  const out = new Uint8Array(data.length * 3);
  for (let i = 0, to = 0; i < data.length; i++, to += 3) out[to] = out[to + 1] = out[to + 2] = data[i] as number;
  return { width, height, channels: 3, data: out };
}

/** The mean gray, rounded to a byte with halves up. */
export function meanGray({ channels, data }: Picture): number {
  let sum = 0;
  if (channels === 1) for (let i = 0; i < data.length; i++) sum += data[i] as number;
  else {
    for (let i = 0; i < data.length; i += 3) sum += luma(data[i] as number, data[i + 1] as number, data[i + 2] as number);
  }
  return Math.trunc(sum / (data.length / channels) + 0.5);
}

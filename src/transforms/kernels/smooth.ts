/** Pillow's SMOOTH filter: every pixel with its eight neighbours, itself counting five times. */
import type { Picture } from '../../platform/image.ts';

/**
 * The smoothed bytes, in memory of their own. Pixels at the border stay, and so do pictures with a side under 3. Pillow
 * adds thirteenths in float32; a thirteenth of a whole number is never within 1/26 of a half, so whole numbers round alike.
 */
export function smooth({ width, height, channels, data }: Picture): Uint8Array {
  const out = data.slice();
  if (width < 3 || height < 3) return out;
  const pitch = width * channels;
  for (let y = 1; y < height - 1; y++) {
    const end = (y + 1) * pitch - channels;
    for (let i = y * pitch + channels; i < end; i++) {
      const above = i - pitch;
      const below = i + pitch;
      const sum =
        (data[above - channels] as number) +
        (data[above] as number) +
        (data[above + channels] as number) +
        (data[i - channels] as number) +
        5 * (data[i] as number) +
        (data[i + channels] as number) +
        (data[below - channels] as number) +
        (data[below] as number) +
        (data[below + channels] as number);
      out[i] = ((2 * sum + 13) / 26) | 0;
    }
  }
  return out;
}

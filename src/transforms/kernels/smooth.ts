/** Pillow's SMOOTH filter: every pixel with its eight neighbours, itself counting five times. */
import type { Picture } from '../../platform/image.ts';

/**
 * The smoothed bytes, in memory of their own. Pixels at the border stay, and so do pictures with a side under 3. Pillow
 * adds thirteenths in float32; a thirteenth of a whole number is never within 1/26 of a half, so whole numbers round alike.
 */
export function smooth({ width, height, channels, data }: Picture): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(data);
  if (width < 3 || height < 3) return out;
  const pitch = width * channels;
  const columns = new Int32Array(pitch);
  for (let y = 1; y < height - 1; y++) {
    const row = y * pitch;
    for (let i = 0; i < pitch; i++) {
      columns[i] = (data[row + i - pitch] as number) + (data[row + i] as number) + (data[row + i + pitch] as number);
    }
    for (let i = channels; i < pitch - channels; i++) {
      const sum =
        (columns[i - channels] as number) +
        (columns[i] as number) +
        (columns[i + channels] as number) +
        4 * (data[row + i] as number);
      out[row + i] = thirteenth(sum);
    }
  }
  return out;
}

/** sum / 13, rounded, for sums of up to 13 bytes: (2 sum + 13) / 26 by multiplication. */
function thirteenth(sum: number): number {
  return ((2 * sum + 13) * 40330) >> 20;
}

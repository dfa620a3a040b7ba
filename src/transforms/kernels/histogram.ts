/** Tones spread over the whole range, each channel by itself: ImageOps.autocontrast and ImageOps.equalize of Pillow. */
import type { Picture } from '../../platform/image.ts';
import { mapBytes, tableOf } from './point.ts';

/** How often every byte occurs in a channel. */
function histogram({ channels, data }: Picture, channel: number): Int32Array {
  const counts = new Int32Array(256);
  for (let i = channel; i < data.length; i += channels) {
    const byte = data[i] as number;
    counts[byte] = (counts[byte] as number) + 1;
  }
  return counts;
}

const identity = tableOf((byte) => byte);

/** A table for every channel. */
function byChannel(picture: Picture, tableFor: (counts: Int32Array) => Uint8Array): Picture {
  const tables = Array.from({ length: picture.channels }, (_, channel) => tableFor(histogram(picture, channel)));
  return tables.every((table) => table === identity) ? picture : mapBytes(picture, tables);
}

/** The darkest byte of a channel becomes 0, the brightest 255, those between follow on a line, truncated. */
export function autocontrast(picture: Picture): Picture {
  return byChannel(picture, (counts) => {
    const low = counts.findIndex((count) => count > 0);
    const high = counts.findLastIndex((count) => count > 0);
    if (high <= low) return identity;
    const scale = 255 / (high - low);
    const offset = -low * scale;
    return tableOf((byte) => Math.min(255, Math.max(0, Math.trunc(byte * scale + offset))));
  });
}

/**
 * Every byte becomes its rank: with `step` a 255th of the pixels that are not of the brightest byte, byte b becomes
 * (step / 2 + pixels darker than b) / step, all in whole numbers.
 */
export function equalize(picture: Picture): Picture {
  return byChannel(picture, (counts) => {
    const brightest = counts.findLastIndex((count) => count > 0);
    const pixels = picture.width * picture.height;
    const step = Math.floor((pixels - (counts[brightest] as number)) / 255);
    if (step === 0) return identity;
    let sum = step >> 1;
    return tableOf((byte) => {
      const rank = Math.floor(sum / step);
      sum += counts[byte] as number;
      return Math.min(255, rank);
    });
  });
}

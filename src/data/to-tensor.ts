/** From a picture's interleaved bytes to planes of numbers. */
import type { Picture } from '../platform/image.ts';

/** A picture as float32 [channels, height, width]. */
export interface FloatPicture {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** Bytes divided by 255, in planes. */
export function toPlanes({ width, height, channels, data }: Picture): FloatPicture {
  const plane = width * height;
  const out = new Float32Array(plane * channels);
  for (let channel = 0; channel < channels; channel++) {
    for (let from = channel, to = channel * plane; from < data.length; from += channels) {
      out[to++] = (data[from] as number) / 255;
    }
  }
  return { channels, height, width, data: out };
}

/** Mirror images, as Pillow's `transpose` makes them. */
import type { Picture } from '../../platform/image.ts';

/** Left and right exchanged. */
export function flipHorizontally({ width, height, channels, data }: Picture): Picture {
  const out = new Uint8Array(data.length);
  const rowBytes = width * channels;
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = (y + 1) * rowBytes - channels;
    if (channels === 1) {
      for (let x = 0; x < width; x++) out[to++] = data[from--] as number;
      continue;
    }
    for (let x = 0; x < width; x++) {
      out[to] = data[from] as number;
      out[to + 1] = data[from + 1] as number;
      out[to + 2] = data[from + 2] as number;
      to += 3;
      from -= 3;
    }
  }
  return { width, height, channels, data: out };
}

/** Top and bottom exchanged. */
export function flipVertically({ width, height, channels, data }: Picture): Picture {
  const out = new Uint8Array(data.length);
  const rowBytes = width * channels;
  for (let y = 0; y < height; y++) {
    out.set(data.subarray(y * rowBytes, (y + 1) * rowBytes), (height - 1 - y) * rowBytes);
  }
  return { width, height, channels, data: out };
}

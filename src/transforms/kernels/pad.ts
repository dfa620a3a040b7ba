/** Pictures with borders added, as torchvision's `pad` makes them: by ImageOps.expand or numpy.pad. */
import type { Picture } from '../../platform/image.ts';

/** What borders are made of; the names are torchvision's. */
export type PaddingMode = 'constant' | 'edge' | 'reflect' | 'symmetric';

/** Every mode's name. */
export const paddingModes: readonly PaddingMode[] = ['constant', 'edge', 'reflect', 'symmetric'];

/** Pixels added at every side. */
export interface Borders {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * The picture with borders. `constant` fills them with `fill`, a number per channel; `edge` repeats the last pixel,
 * `reflect` mirrors without it, `symmetric` with it, as often as the border is wide.
 */
export function pad(picture: Picture, borders: Borders, mode: PaddingMode, fill: readonly number[]): Picture {
  const { channels } = picture;
  const width = borders.left + picture.width + borders.right;
  const height = borders.top + picture.height + borders.bottom;
  const data = new Uint8Array(width * height * channels);
  if (mode === 'constant') {
    fillPixels(data, channels, fill);
    const rowBytes = picture.width * channels;
    for (let y = 0; y < picture.height; y++) {
      const to = ((borders.top + y) * width + borders.left) * channels;
      data.set(picture.data.subarray(y * rowBytes, (y + 1) * rowBytes), to);
    }
    return { width, height, channels, data };
  }
  const columns = positions(picture.width, borders.left, width, mode);
  const rows = positions(picture.height, borders.top, height, mode);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = (rows[y] as number) * picture.width;
    for (let x = 0; x < width; x++) {
      const from = (row + (columns[x] as number)) * channels;
      for (let channel = 0; channel < channels; channel++) data[to++] = picture.data[from + channel] as number;
    }
  }
  return { width, height, channels, data };
}

/** Sets every pixel to `fill`, a number per channel; `data` must be zeros. */
export function fillPixels(data: Uint8Array, channels: number, fill: readonly number[]): void {
  if (fill.every((value) => value === fill[0])) {
    if (fill[0] !== 0) data.fill(fill[0] as number);
    return;
  }
  for (let i = 0; i < data.length; i++) data[i] = fill[i % channels] as number;
}

/** For every position along a padded axis, the position it is copied from. */
function positions(size: number, before: number, padded: number, mode: Exclude<PaddingMode, 'constant'>): Int32Array {
  const out = new Int32Array(padded);
  const period = mode === 'reflect' ? 2 * (size - 1) : 2 * size;
  for (let i = 0; i < padded; i++) {
    const position = i - before;
    if (mode === 'edge') out[i] = Math.min(size - 1, Math.max(0, position));
    else if (period > 0) {
      const phase = ((position % period) + period) % period;
      out[i] = phase < size ? phase : mode === 'reflect' ? period - phase : period - 1 - phase;
    }
  }
  return out;
}

/** Affine maps of pictures as Pillow's `transform` carries them out, nearest pixel or bilinear. */
import type { Picture } from '../../platform/image.ts';
import type { Size } from '../geometry.ts';
import { fillPixels } from './pad.ts';

/** How pixels between pixels are found; the names are torchvision's. */
export type AffineInterpolation = 'nearest' | 'bilinear';

/** Every name. */
export const affineInterpolations: readonly AffineInterpolation[] = ['nearest', 'bilinear'];

/** From output to input: x' = a x + b y + c, y' = d x + e y + f. */
export type AffineMatrix = readonly [number, number, number, number, number, number];

/**
 * The picture seen through `matrix`: the pixel (x, y) of the result, its centre at half coordinates, shows what lies at the
 * mapped place, or `fill` (a number per channel) where that is outside.
 */
export function transformAffine(
  picture: Picture,
  matrix: AffineMatrix,
  { width, height }: Size,
  interpolation: AffineInterpolation,
  fill: readonly number[],
): Picture {
  const { channels } = picture;
  const data = new Uint8Array(width * height * channels);
  fillPixels(data, channels, fill);
  const out = { width, height, channels, data };
  if (interpolation === 'bilinear') bilinear(picture, matrix, out);
  else if (matrix[1] === 0 && matrix[3] === 0) nearestUpright(picture, matrix, out);
  else if (staysSmall(matrix, width, height)) nearestFixed(picture, matrix, out);
  else nearestFloat(picture, matrix, out);
  return out;
}

/** Copies the pixel at byte `from` to byte `to`. */
function copyPixel(source: Uint8Array, from: number, target: Uint8Array, to: number, channels: number): void {
  target[to] = source[from] as number;
  if (channels === 1) return;
  target[to + 1] = source[from + 1] as number;
  target[to + 2] = source[from + 2] as number;
}

/** Whole coordinates of a place; -1 left of the picture. */
function cell(place: number): number {
  return place < 0 ? -1 : Math.trunc(place);
}

/** Scaling and shifting alone: positions are running sums. */
function nearestUpright(picture: Picture, [a, , c, , e, f]: AffineMatrix, out: Picture): void {
  const { channels } = picture;
  const columns = new Float64Array(out.width);
  let place = c + a * 0.5;
  for (let x = 0; x < out.width; x++) {
    columns[x] = cell(place);
    place += a;
  }
  let line = f + e * 0.5;
  for (let y = 0; y < out.height; y++) {
    const row = cell(line);
    line += e;
    if (row < 0 || row >= picture.height) continue;
    for (let x = 0; x < out.width; x++) {
      const column = columns[x] as number;
      if (column < 0 || column >= picture.width) continue;
      copyPixel(picture.data, (row * picture.width + column) * channels, out.data, (y * out.width + x) * channels, channels);
    }
  }
}

/** Whether Pillow's fixed-point numbers hold every place. */
function staysSmall([a, b, c, d, e, f]: AffineMatrix, width: number, height: number): boolean {
  for (const x of [0, width]) {
    for (const y of [0, height]) {
      if (!(Math.abs(x * a + y * b + c) < 32768 && Math.abs(x * d + y * e + f) < 32768)) return false;
    }
  }
  return true;
}

/** Places as running sums with 16 fractional bits. */
function nearestFixed(picture: Picture, [a, b, c, d, e, f]: AffineMatrix, out: Picture): void {
  const { channels, width, height } = picture;
  const fixed = (value: number): number => Math.floor(value * 65536 + 0.5);
  const [stepX, stepY] = [fixed(a), fixed(d)];
  const [lineX, lineY] = [fixed(b), fixed(e)];
  let startX = fixed(c + a * 0.5 + b * 0.5);
  let startY = fixed(f + d * 0.5 + e * 0.5);
  let to = 0;
  for (let y = 0; y < out.height; y++) {
    let placeX = startX;
    let placeY = startY;
    for (let x = 0; x < out.width; x++) {
      const column = placeX >> 16;
      const row = placeY >> 16;
      if (column >= 0 && column < width && row >= 0 && row < height) {
        copyPixel(picture.data, (row * width + column) * channels, out.data, to, channels);
      }
      to += channels;
      placeX = (placeX + stepX) | 0;
      placeY = (placeY + stepY) | 0;
    }
    startX = (startX + lineX) | 0;
    startY = (startY + lineY) | 0;
  }
}

/** Places as running sums in float64, where fixed-point numbers would overflow. */
function nearestFloat(picture: Picture, [a, b, c, d, e, f]: AffineMatrix, out: Picture): void {
  const { channels, width, height } = picture;
  let startX = c + b * 0.5 + a * 0.5;
  let startY = f + e * 0.5 + d * 0.5;
  let to = 0;
  for (let y = 0; y < out.height; y++) {
    let placeX = startX;
    let placeY = startY;
    for (let x = 0; x < out.width; x++) {
      const column = cell(placeX);
      const row = cell(placeY);
      if (column >= 0 && column < width && row >= 0 && row < height) {
        copyPixel(picture.data, (row * width + column) * channels, out.data, to, channels);
      }
      to += channels;
      placeX += a;
      placeY += d;
    }
    startX += b;
    startY += e;
  }
}

/** Between the four pixels around every place, truncated; a place in the outermost half pixel repeats the border. */
function bilinear(picture: Picture, [a, b, c, d, e, f]: AffineMatrix, out: Picture): void {
  const { channels, width, height, data } = picture;
  const target = out.data;
  let to = 0;
  for (let y = 0; y < out.height; y++) {
    const lineX = b * (y + 0.5);
    const lineY = e * (y + 0.5);
    for (let x = 0; x < out.width; x++, to += channels) {
      const placeX = a * (x + 0.5) + lineX + c;
      const placeY = d * (x + 0.5) + lineY + f;
      if (!(placeX >= 0 && placeX < width && placeY >= 0 && placeY < height)) continue;
      const fromX = placeX - 0.5;
      const fromY = placeY - 0.5;
      const column = fromX < 0 ? -1 : fromX | 0;
      const row = fromY < 0 ? -1 : fromY | 0;
      const dx = fromX - column;
      const dy = fromY - row;
      const left = column < 0 ? 0 : column;
      const right = column + 1 < width ? column + 1 : column;
      const top = (row < 0 ? 0 : row) * width;
      const bottom = (row + 1 < height ? row + 1 : row) * width;
      const topLeft = (top + left) * channels;
      const topRight = (top + right) * channels;
      const bottomLeft = (bottom + left) * channels;
      const bottomRight = (bottom + right) * channels;
      target[to] = between(data, topLeft, topRight, bottomLeft, bottomRight, dx, dy);
      if (channels === 1) continue;
      target[to + 1] = between(data, topLeft + 1, topRight + 1, bottomLeft + 1, bottomRight + 1, dx, dy);
      target[to + 2] = between(data, topLeft + 2, topRight + 2, bottomLeft + 2, bottomRight + 2, dx, dy);
    }
  }
}

/** The byte between four, of which the indices are given. */
function between(
  data: Uint8Array,
  topLeft: number,
  topRight: number,
  left: number,
  right: number,
  dx: number,
  dy: number,
): number {
  const p = data[topLeft] as number;
  const q = data[left] as number;
  const above = p + ((data[topRight] as number) - p) * dx;
  const below = q + ((data[right] as number) - q) * dx;
  return (above + (below - above) * dy) | 0;
}

/** Pictures turned and sheared: the matrices of Pillow's `rotate` and of torchvision's `affine`. */
import type { Picture } from '../../platform/image.ts';
import type { Size } from '../geometry.ts';
import { type AffineInterpolation, type AffineMatrix, transformAffine } from './affine.ts';
import { flipHorizontally, flipVertically } from './flip.ts';
import { cos, radians, sin, tan } from './trigonometry.ts';

/** A place in pixels from the upper left corner: x, y. */
export type Point = readonly [number, number];

/** How a picture is turned. */
export interface RotateOptions {
  readonly interpolation: AffineInterpolation;
  /** Whether the result grows to hold the whole turned picture. */
  readonly expand: boolean;
  /** What it turns about; absent, the middle. */
  readonly center: Point | undefined;
  /** A number per channel, for what was outside. */
  readonly fill: readonly number[];
}

/** To 15 decimals. */
function rounded(value: number): number {
  return Number(value.toFixed(15));
}

/** x' of a row of a matrix. */
function mapped([a, b, c]: readonly [number, number, number], x: number, y: number): number {
  return a * x + b * y + c;
}

/** The picture turned counter-clockwise by `angle` degrees; whole quarter turns about the middle move pixels unchanged. */
export function rotate(picture: Picture, angle: number, options: RotateOptions): Picture {
  const { interpolation, expand, center, fill } = options;
  const { width, height } = picture;
  const remainder = angle % 360;
  const turn = remainder < 0 ? remainder + 360 : remainder;
  if (!center) {
    if (turn === 0) return picture;
    if (turn === 180) return flipVertically(flipHorizontally(picture));
    if ((turn === 90 || turn === 270) && (expand || width === height)) return quarterTurn(picture, turn === 90);
  }
  const [cx, cy] = center ?? [width / 2, height / 2];
  const rad = -radians(turn);
  const a = rounded(cos(rad));
  const b = rounded(sin(rad));
  const [d, e] = [-b, a];
  let c = mapped([a, b, 0], -cx, -cy) + cx;
  let f = mapped([d, e, 0], -cx, -cy) + cy;
  let size: Size = { width, height };
  if (expand) {
    const corners: readonly Point[] = [
      [0, 0],
      [width, 0],
      [width, height],
      [0, height],
    ];
    const xs = corners.map(([x, y]) => mapped([a, b, c], x, y));
    const ys = corners.map(([x, y]) => mapped([d, e, f], x, y));
    size = {
      width: Math.ceil(Math.max(...xs)) - Math.floor(Math.min(...xs)),
      height: Math.ceil(Math.max(...ys)) - Math.floor(Math.min(...ys)),
    };
    const [moveX, moveY] = [-(size.width - width) / 2, -(size.height - height) / 2];
    [c, f] = [mapped([a, b, c], moveX, moveY), mapped([d, e, f], moveX, moveY)];
  }
  return transformAffine(picture, [a, b, c, d, e, f], size, interpolation, fill);
}

function quarterTurn({ width, height, channels, data }: Picture, counterClockwise: boolean): Picture {
  const out = new Uint8Array(data.length);
  for (let y = 0, from = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const row = counterClockwise ? width - 1 - x : x;
      const column = counterClockwise ? y : height - 1 - y;
      let to = (row * height + column) * channels;
      for (let channel = 0; channel < channels; channel++) out[to++] = data[from++] as number;
    }
  }
  return { width: height, height: width, channels, data: out };
}

/** A rotation with scale, shear and shift about a centre. */
export interface AffineParameters {
  /** Degrees, clockwise. */
  readonly angle: number;
  /** Whole pixels right and down. */
  readonly translate: Point;
  readonly scale: number;
  /** Degrees along x and along y. */
  readonly shear: Point;
  /** What stays in place; absent, the middle. */
  readonly center?: Point;
}

/**
 * The matrix from output to input of torchvision's `affine`. With centre C, shift T, scale s, rotation R by the angle and
 * shears by sx and sy, the map is M = T C R(angle) s SHy(sy) SHx(sx) C^-1, and this is its inverse.
 */
export function affineMatrix(parameters: AffineParameters, size: Size): AffineMatrix {
  const { translate, scale } = parameters;
  const [cx, cy] = parameters.center ?? [size.width * 0.5, size.height * 0.5];
  const angle = radians(parameters.angle);
  const sx = radians(parameters.shear[0]);
  const sy = radians(parameters.shear[1]);
  const cosine = cos(angle - sy);
  const sine = sin(angle - sy);
  const a = cosine / cos(sy);
  const b = (-cosine * tan(sx)) / cos(sy) - sin(angle);
  const c = sine / cos(sy);
  const d = (-sine * tan(sx)) / cos(sy) + cos(angle);
  const [m0, m1, m3, m4] = [d / scale, -b / scale, -c / scale, a / scale];
  const backX = -cx - translate[0];
  const backY = -cy - translate[1];
  return [m0, m1, m0 * backX + m1 * backY + cx, m3, m4, m3 * backX + m4 * backY + cy];
}

/** The picture rotated, scaled, sheared and shifted, at its own size. */
export function affine(
  picture: Picture,
  parameters: AffineParameters,
  interpolation: AffineInterpolation,
  fill: readonly number[],
): Picture {
  return transformAffine(picture, affineMatrix(parameters, picture), picture, interpolation, fill);
}

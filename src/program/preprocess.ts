/**
 * Preprocessing as a graph: pictures of any size in bytes become what `preprocess` of the transforms makes of them.
 *
 * Pillow resamples with weights of 22 bits after the point and rounds to bytes after rows and after columns. Both passes are
 * matrix products here, with matrices made in the graph from the picture's size; in float64 all their numbers are whole and exact.
 */
import { OcelliError } from '../base/errors.ts';
import { float32, int64 } from '../base/tensor.ts';
import { type Dim, describeType, type Value } from '../compiler/ir/graph.ts';
import * as f from '../nn/functional.ts';
import { type ClassificationPreset, checkPreset } from '../transforms/preset.ts';

/** 2 to the bits after the point of Pillow's weights. */
const ONE = 2 ** 22;

/** How Pillow weighs pixels by their distance, and how far that reaches. */
interface Kernel {
  readonly support: number;
  weight(distance: Value): Value;
}

const kernels: { readonly [K in ClassificationPreset['interpolation']]?: Kernel } = {
  box: {
    support: 0.5,
    weight: (x) => f.cast(f.and(f.greater(x, -0.5), f.lessOrEqual(x, 0.5)), 'float64'),
  },
  bilinear: { support: 1, weight: (x) => f.maximum(f.sub(1, f.abs(x)), 0) },
  // Keys' cubic convolution with a = -1/2, as Pillow has it.
  bicubic: {
    support: 2,
    weight(distance) {
      const x = f.abs(distance);
      const near = f.add(f.mul(f.mul(f.sub(f.mul(x, 1.5), 2.5), x), x), 1);
      const far = f.mul(f.sub(f.mul(f.add(f.mul(f.sub(x, 5), x), 8), x), 4), -0.5);
      return f.where(f.less(x, 1), near, f.where(f.less(x, 2), far, 0));
    },
  },
};

/** One axis of a picture: its length, that of the resized picture, and where the crop begins in that. */
interface Axis {
  readonly length: Dim;
  readonly resized: Value;
  readonly start: Value;
}

/**
 * Short side to `resize`, middle `crop` x `crop`, scaled and normalized: float32 [N, channels, crop, crop].
 *
 * @param pictures uint8 [N, H, W, 3], red, green, blue; H and W may be named
 * @throws unsupported for an interpolation that has no graph: nearest, hamming and lanczos
 * @throws usage, shape for a preset that makes no sense
 */
export function preprocessed(pictures: Value, preset: ClassificationPreset): Value {
  checkPreset(preset);
  const { dtype, shape } = pictures.type;
  if (dtype !== 'uint8' || shape.length !== 4 || shape[3] !== 3) {
    throw new OcelliError('shape', `preprocess: takes uint8 [N, H, W, 3], ${describeType(pictures.type)} came`);
  }
  const { builder } = pictures;
  const kernel = kernels[preset.interpolation];
  if (!kernel) {
    const known = Object.keys(kernels).join(', ');
    throw new OcelliError('unsupported', `preprocess: "${preset.interpolation}" cannot be baked in; ${known} can`);
  }
  const [height, width] = [shape[1] as Dim, shape[2] as Dim];
  const short = f.minimum(f.dimSize(builder, height), f.dimSize(builder, width));
  const across = weights(cropAxis(pictures, width, short, preset), kernel, preset.crop, pictures);
  const down = weights(cropAxis(pictures, height, short, preset), kernel, preset.crop, pictures);
  const rows = toBytes(f.matmul(planesOf(pictures, preset.channels), across, { transB: true }));
  return normalized(toBytes(f.matmul(down, rows)), preset);
}

/** float64 [N, channels, H, W] of the channels that the network wants. */
function planesOf(pictures: Value, channels: ClassificationPreset['channels']): Value {
  const planes = f.transpose(pictures, [0, 3, 1, 2]);
  if (channels !== 'gray') {
    const order = f.constant(pictures.builder, int64([3], [2, 1, 0]));
    return f.cast(channels === 'bgr' ? f.gather(planes, order, 1) : planes, 'float64');
  }
  // Pillow's convert('L'): whole numbers, rounded.
  const [red, green, blue] = f.split(f.cast(planes, 'float64'), [1, 1, 1], 1) as [Value, Value, Value];
  const sum = f.add(f.add(f.mul(red, 19595), f.mul(green, 38470)), f.mul(blue, 7471));
  return f.floor(f.mul(f.add(sum, 2 ** 15), 2 ** -16));
}

/**
 * The resized length is ⌊length · resize / short side⌋. The crop begins in the middle, halves rounded to even; a side shorter
 * than the crop lies in the middle of it, the odd pixel of padding behind.
 */
function cropAxis(pictures: Value, length: Dim, short: Value, { resize, crop }: ClassificationPreset): Axis {
  const resized = f.cast(f.div(f.mul(f.dimSize(pictures.builder, length), resize), short), 'float64');
  const half = f.mul(f.sub(resized, crop), 0.5);
  return { length, resized, start: f.where(f.less(resized, crop), f.ceil(half), f.round(half)) };
}

/** The weights of an axis, whole numbers in float64 [crop, length]; rows beyond the resized picture are 0. */
function weights({ length, resized, start }: Axis, kernel: Kernel, crop: number, { builder }: Value): Value {
  const size = f.cast(f.dimSize(builder, length), 'float64');
  const scale = f.div(size, resized);
  const stretch = f.maximum(scale, 1);
  const support = f.mul(stretch, kernel.support);
  const row = f.reshape(f.add(f.cast(f.range(builder, crop), 'float64'), start), [crop, 1]);
  const center = f.mul(f.add(row, 0.5), scale);
  const first = f.maximum(f.floor(f.add(f.sub(center, support), 0.5)), 0);
  const end = f.minimum(f.floor(f.add(f.add(center, support), 0.5)), size);
  const at = f.reshape(f.cast(f.range(builder, length), 'float64'), [1, length]);
  const distance = f.mul(f.add(f.sub(at, center), 0.5), f.reciprocal(stretch));
  const reached = f.and(f.greaterOrEqual(at, first), f.less(at, end));
  const exists = f.and(f.greaterOrEqual(row, 0), f.less(row, resized));
  const weight = f.where(f.and(reached, exists), kernel.weight(distance), 0);
  const sum = f.sum(weight, [1], true);
  const share = f.mul(f.where(f.equal(sum, 0), weight, f.div(weight, sum)), ONE);
  return f.where(f.less(share, 0), f.ceil(f.sub(share, 0.5)), f.floor(f.add(share, 0.5)));
}

/** Sums of weighed pixels as bytes, still float64: rounded, and cut to 0..255. */
function toBytes(sums: Value): Value {
  return f.clip(f.floor(f.mul(f.add(sums, ONE / 2), 1 / ONE)), 0, 255);
}

function normalized(bytes: Value, { mean, std, range = 1 }: ClassificationPreset): Value {
  const values = f.cast(bytes, 'float32');
  const scaled = range === 1 ? f.div(values, 255) : values;
  const vector = (numbers: readonly number[]): Value => f.constant(bytes.builder, float32([numbers.length, 1, 1], numbers));
  return f.div(f.sub(scaled, vector(mean)), vector(std));
}

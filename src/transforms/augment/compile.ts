/** Lists of transforms, checked and turned into one function that writes a sample into its place in a batch. */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import type { RandomStream } from '../../base/random-stream.ts';
import type { Picture } from '../../platform/image.ts';
import type { Size } from '../geometry.ts';
import { sizeOf } from './checks.ts';
import { resizeThenCenterCrop } from './resize.ts';
import type { Format, PictureStep, TensorShape, TensorStep } from './rule.ts';
import {
  isPictureTransform,
  isTensorTransform,
  knownKeys,
  planPicture,
  planTensor,
  type Transform,
  transformKinds,
} from './table.ts';
import { type TensorWriter, type ToTensor, tensorWriter } from './to-tensor.ts';

/** What pictures a list is for. */
export interface CompileTransformsOptions {
  /** Channels of the pictures that come. Default 3. */
  readonly channels?: 1 | 3;
  /** Size of all pictures that come, where they share one; otherwise the list must fix it. */
  readonly size?: Size;
}

/** A list made ready. */
export interface CompiledTransforms extends TensorShape {
  /** How many numbers a sample is: channels * height * width. */
  readonly length: number;
  /**
   * Writes one sample [C, H, W] into `out` from `offset`: slot i of a batch begins at `i * length`. Draws come from `random`
   * alone; equal streams give equal samples. The picture is not written to.
   * @throws shape for pictures of other channels or size than the list is for, or when `out` is too short
   */
  apply(picture: Picture, random: RandomStream, out: Float32Array, offset: number): void;
}

/** The part of a list before `toTensor`, made ready. */
export interface CompiledPictureTransforms {
  readonly channels: 1 | 3;
  /** Absent where it differs from picture to picture. */
  readonly size?: Size;
  /** The picture transformed; the same object where nothing changed. @throws shape for pictures the list is not for */
  apply(picture: Picture, random: RandomStream): Picture;
}

/**
 * Makes a list ready: picture transforms, `toTensor`, then tensor transforms.
 * @throws usage for unknown transforms or options, options that make no sense, or a wrong order
 * @throws shape when the size of samples is not fixed
 */
export function compileTransforms(list: readonly Transform[], options: CompileTransformsOptions = {}): CompiledTransforms {
  checkList(list);
  const border = list.findIndex((transform) => transform.kind === 'toTensor');
  const toTensor = list[border];
  if (toTensor?.kind !== 'toTensor') {
    throw new OcelliError('usage', 'transforms: a list needs { kind: "toTensor" } between its picture and its tensor transforms');
  }
  const pictures = compilePictureTransforms(list.slice(0, border), options);
  const { channels, size } = pictures;
  if (!size) {
    throw new OcelliError(
      'shape',
      'transforms: samples would differ in size; end the picture transforms with a crop or a resize to { width, height }, or give the size of the pictures',
    );
  }
  const shape: TensorShape = { channels, ...size };
  const length = channels * size.width * size.height;
  const { write, steps } = tensorPart(list, border, toTensor, shape);
  return {
    ...shape,
    length,
    apply(picture, random, out, offset) {
      const ready = pictures.apply(picture, random);
      if (ready.width !== size.width || ready.height !== size.height) {
        throw new OcelliError(
          'shape',
          `transforms: a picture became ${ready.width}x${ready.height}, ${size.width}x${size.height} was expected`,
        );
      }
      if (!Number.isInteger(offset) || offset < 0 || offset + length > out.length) {
        throw new OcelliError(
          'shape',
          `transforms: a sample needs ${length} numbers from ${offset}, the array has ${out.length}`,
        );
      }
      write(ready, out, offset);
      for (const step of steps) step(out, offset, random);
    },
  };
}

/**
 * Makes picture transforms ready, for looking at what they do.
 * @throws usage as `compileTransforms`
 */
export function compilePictureTransforms(
  list: readonly Transform[],
  options: CompileTransformsOptions = {},
): CompiledPictureTransforms {
  checkList(list);
  checkKeys('transforms', options, ['channels', 'size']);
  const { channels = 3, size } = options;
  if (channels !== 1 && channels !== 3) {
    throw new OcelliError('usage', `transforms: channels must be 1 or 3, ${String(channels)} came`);
  }
  let format: Format = size ? { channels, size: sizeOf('transforms', size) } : { channels };
  const steps: PictureStep[] = [];
  for (const [index, transform] of list.entries()) {
    const what = nameOf(transform, index);
    if (!isPictureTransform(transform)) {
      throw new OcelliError('usage', `${what}: takes numbers, not pictures; it must come after toTensor`);
    }
    const { after, step } = planPicture(transform, format, what);
    format = after;
    const previous = list[index - 1];
    if (transform.kind === 'centerCrop' && previous?.kind === 'resize') {
      steps[steps.length - 1] = resizeThenCenterCrop(previous, transform);
    } else steps.push(step);
  }
  return {
    ...format,
    apply(picture, random) {
      checkPicture(picture, channels, size);
      let current = picture;
      for (const step of steps) current = step(current, random);
      return current;
    },
  };
}

/** The part from `toTensor` on; a `normalize` right behind it is folded into it. */
function tensorPart(
  list: readonly Transform[],
  border: number,
  toTensor: ToTensor,
  shape: TensorShape,
): { readonly write: TensorWriter; readonly steps: readonly TensorStep[] } {
  const steps = list.slice(border + 1).map((transform, index) => {
    const what = nameOf(transform, border + 1 + index);
    if (!isTensorTransform(transform)) throw new OcelliError('usage', `${what}: takes pictures; it must come before toTensor`);
    return planTensor(transform, shape, what);
  });
  const next = list[border + 1];
  const folded = next?.kind === 'normalize' ? next : undefined;
  const write = tensorWriter(toTensor, shape.channels, folded, nameOf(toTensor, border));
  return { write, steps: folded ? steps.slice(1) : steps };
}

/** @throws usage unless every entry is a known transform with known options */
function checkList(list: readonly Transform[]): void {
  if (!Array.isArray(list)) throw new OcelliError('usage', 'transforms: a list was expected');
  for (const [index, transform] of (list as readonly Transform[]).entries()) {
    const keys = knownKeys((transform as Transform | null)?.kind);
    if (!keys) {
      const known = transformKinds.join(', ');
      throw new OcelliError('usage', `transforms[${index}]: ${JSON.stringify(transform)} has none of the kinds ${known}`);
    }
    checkKeys(nameOf(transform, index), transform, ['kind', ...keys]);
  }
}

/** How an entry is called in errors. */
function nameOf(transform: Transform, index: number): string {
  return `transforms[${index}] ${transform.kind}`;
}

function checkPicture(picture: Picture, channels: number, size: Size | undefined): void {
  if (picture.channels !== channels || picture.data.length !== picture.width * picture.height * channels) {
    throw new OcelliError(
      'shape',
      `transforms: made for ${channels} channels, a picture of ${picture.width}x${picture.height} with ${picture.channels} channels and ${picture.data.length} bytes came`,
    );
  }
  if (size && (picture.width !== size.width || picture.height !== size.height)) {
    throw new OcelliError(
      'shape',
      `transforms: made for pictures of ${size.width}x${size.height}, one of ${picture.width}x${picture.height} came`,
    );
  }
}

/** Every transform that a list may hold, and its rule. */
import { type Affine, affine } from './affine.ts';
import { type AugMix, augMix } from './aug-mix.ts';
import { type AutoAugment, autoAugment } from './auto-augment.ts';
import { type ColorJitter, colorJitter } from './color-jitter.ts';
import { type HorizontalFlip, horizontalFlip, type VerticalFlip, verticalFlip } from './flip.ts';
import { type GaussianBlur, gaussianBlur } from './gaussian-blur.ts';
import { type Grayscale, grayscale, type RandomGrayscale, randomGrayscale } from './grayscale.ts';
import { type Normalize, normalize } from './normalize.ts';
import { type Pad, pad } from './pad.ts';
import { type RandAugment, randAugment } from './rand-augment.ts';
import { type RandomCrop, randomCrop } from './random-crop.ts';
import { type RandomErasing, randomErasing } from './random-erasing.ts';
import { type RandomResizedCrop, randomResizedCrop } from './random-resized-crop.ts';
import {
  type RandomAutocontrast,
  type RandomEqualize,
  type RandomInvert,
  type RandomPosterize,
  type RandomSharpness,
  type RandomSolarize,
  randomAutocontrast,
  randomEqualize,
  randomInvert,
  randomPosterize,
  randomSharpness,
  randomSolarize,
} from './random-tones.ts';
import { type CenterCrop, centerCrop, type Resize, resize } from './resize.ts';
import { type Rotation, rotation } from './rotation.ts';
import type { Format, PictureRule, PictureStep, TensorRule, TensorShape, TensorStep } from './rule.ts';
import { type ToTensor, toTensorKeys } from './to-tensor.ts';
import { type TrivialAugmentWide, trivialAugmentWide } from './trivial-augment.ts';

/** Transforms of 8-bit pictures. */
export type PictureTransform =
  | Affine
  | AugMix
  | AutoAugment
  | CenterCrop
  | ColorJitter
  | GaussianBlur
  | Grayscale
  | HorizontalFlip
  | Pad
  | RandAugment
  | RandomAutocontrast
  | RandomCrop
  | RandomEqualize
  | RandomGrayscale
  | RandomInvert
  | RandomPosterize
  | RandomResizedCrop
  | RandomSharpness
  | RandomSolarize
  | Resize
  | Rotation
  | TrivialAugmentWide
  | VerticalFlip;

/** Transforms of float32 [C, H, W]. */
export type TensorTransform = Normalize | RandomErasing;

/** One entry of a list: plain data, so that it can come from JSON and go to a worker. */
export type Transform = PictureTransform | ToTensor | TensorTransform;

const pictureRules: { readonly [K in PictureTransform['kind']]: PictureRule<Extract<PictureTransform, { kind: K }>> } = {
  affine,
  augMix,
  autoAugment,
  centerCrop,
  colorJitter,
  gaussianBlur,
  grayscale,
  horizontalFlip,
  pad,
  randAugment,
  randomAutocontrast,
  randomCrop,
  randomEqualize,
  randomGrayscale,
  randomInvert,
  randomPosterize,
  randomResizedCrop,
  randomSharpness,
  randomSolarize,
  resize,
  rotation,
  trivialAugmentWide,
  verticalFlip,
};

const tensorRules: { readonly [K in TensorTransform['kind']]: TensorRule<Extract<TensorTransform, { kind: K }>> } = {
  normalize,
  randomErasing,
};

/** Every kind that a list may hold. */
export const transformKinds: readonly string[] = [...Object.keys(pictureRules), 'toTensor', ...Object.keys(tensorRules)];

export function isPictureTransform(transform: Transform): transform is PictureTransform {
  return Object.hasOwn(pictureRules, transform.kind);
}

export function isTensorTransform(transform: Transform): transform is TensorTransform {
  return Object.hasOwn(tensorRules, transform.kind);
}

/** The options that transforms of a kind take; undefined when there is no such kind. */
export function knownKeys(kind: unknown): readonly string[] | undefined {
  if (kind === 'toTensor') return toTensorKeys;
  if (typeof kind !== 'string') return undefined;
  if (Object.hasOwn(pictureRules, kind)) return pictureRules[kind as PictureTransform['kind']].keys;
  if (Object.hasOwn(tensorRules, kind)) return tensorRules[kind as TensorTransform['kind']].keys;
  return undefined;
}

export function planPicture<T extends PictureTransform>(
  transform: T,
  before: Format,
  what: string,
): { readonly after: Format; readonly step: PictureStep } {
  return (pictureRules[transform.kind] as PictureRule<T>).plan(transform, before, what);
}

export function planTensor<T extends TensorTransform>(transform: T, shape: TensorShape, what: string): TensorStep {
  return (tensorRules[transform.kind] as TensorRule<T>).plan(transform, shape, what);
}

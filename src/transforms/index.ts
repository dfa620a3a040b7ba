/** Picture preprocessing and augmentation: Pillow's resize, torchvision's crops, presets and transforms. */
export { RandomStream } from '../base/random-stream.ts';
export type { Picture } from '../platform/image.ts';
export {
  type CompiledPictureTransforms,
  type CompiledTransforms,
  type CompileTransformsOptions,
  compilePictureTransforms,
  compileTransforms,
} from './augment/compile.ts';
export { type BatchTransform, checkBatchTransforms, mixBatch } from './augment/mix.ts';
export { presetTransforms } from './augment/preset.ts';
export { type PictureTransform, type TensorTransform, type Transform, transformKinds } from './augment/table.ts';
export { centerCrop, type Size, shortSideSize } from './geometry.ts';
export { type Interpolation, interpolations, parseInterpolation } from './interpolation.ts';
export { IMAGENET_MEAN, IMAGENET_STD, normalize, type Triple, toTensor } from './normalize.ts';
export {
  type ClassificationPreset,
  type ColorPreset,
  checkPreset,
  describePreset,
  type GrayPreset,
  preprocess,
  preprocessInto,
  presetChannels,
  presetLength,
  withParts,
} from './preset.ts';
export { resize, resizeWindow } from './resize.ts';
export type { Window } from './window.ts';

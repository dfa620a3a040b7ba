/** Data sets and the loader that makes batches of them. */
export type { Picture } from '../platform/image.ts';
export type { ClipSample, Dataset, Sample, StreamDataset } from './dataset.ts';
export type { PackedPictures, PortableDataset } from './descriptions.ts';
export { type IdxArray, type IdxOptions, openIdx, readIdx } from './idx.ts';
export { type Batch, createLoader, type EpochOptions, type Loader, type LoaderOptions } from './loader.ts';
export { fashionMnist, type MnistOptions, mnist } from './mnist.ts';
export { packedDataset } from './packed.ts';
export { openPortable } from './portable.ts';
export type { GeneratedOptions, ShapesOptions } from './shapes/options.ts';
export { type ShapeName, shapeNames } from './shapes/outlines.ts';
export { type Box, keypointNames } from './shapes/pose.ts';
export { type ShapeObject, type ShapeSample, shapes } from './shapes/shapes.ts';
export { subset } from './subset.ts';

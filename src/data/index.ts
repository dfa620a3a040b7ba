/** Data sets and the loader that makes batches of them. */
export type { Picture } from '../platform/image.ts';
export { type Cifar100Options, type CifarFilesOptions, type CifarOptions, cifar10, cifar100, openCifar } from './cifar.ts';
export type { ClipSample, Dataset, PictureFormat, Sample, StreamDataset } from './dataset.ts';
export type { EncodedPictures, PackedPictures, PictureFiles, PortableDataset } from './descriptions.ts';
export { type FolderOptions, imageFolder } from './folder.ts';
export { type IdxArray, type IdxOptions, openIdx, readIdx } from './idx.ts';
export { type Batch, createLoader, type EpochOptions, type Loader, type LoaderOptions } from './loader.ts';
export { fashionMnist, type MnistOptions, mnist } from './mnist.ts';
export { packedDataset } from './packed.ts';
export { openPortable } from './portable.ts';
export type { GeneratedOptions, ShapesOptions } from './shapes/options.ts';
export { type ShapeName, shapeNames } from './shapes/outlines.ts';
export { type Box, keypointNames } from './shapes/pose.ts';
export { type ShapeObject, type ShapeSample, shapes } from './shapes/shapes.ts';
export type { FetchOptions } from './sources.ts';
export { subset } from './subset.ts';
export { imageTar, type TarOptions } from './tar-folder.ts';

/** Everything that runs anywhere. What needs files, pictures or a back end takes them as arguments; node.ts and web.ts bind them. */
export { type DType, dtypes } from './base/dtype.ts';
export { type ErrorCode, isOcelliError, OcelliError } from './base/errors.ts';
export { bytesOf, describeTensor, elementCount, float32, int64, type Tensor, tensor } from './base/tensor.ts';
export type { TensorType, Value } from './compiler/ir/graph.ts';
export type { DownloadProgress } from './files/download.ts';
export {
  familyOf,
  freeze,
  getCategories,
  getModel,
  getModelWeights,
  getPreset,
  getWeight,
  listModels,
  type ModelName,
  type ModelOptions,
  replaceHead,
  type WeightsEntry,
  type WeightsMeta,
} from './models/index.ts';
export {
  type AnyModule,
  countParameters,
  type FeatureLevel,
  type FeaturePathsOptions,
  featurePaths,
  initialize,
  type Module,
  moduleAt,
  namedModules,
  namedParameters,
  type Parameter,
  stateDict,
} from './nn/index.ts';
export type { RgbImage } from './platform/image.ts';
export type { ByteSource, FileSystem, Platform } from './platform/platform.ts';
export {
  type CompileOptions,
  compile,
  type DynamicAxis,
  type ExportOptions,
  type Model,
  type ModelSummary,
  type Program,
  ProgramCache,
  summarize,
} from './program/index.ts';
export type { RunOptions, Runtime, RuntimeInfo, RuntimeName, SessionPort } from './runtime/runtime.ts';
export {
  type Classification,
  Classifier,
  type ClassifierOptions,
  type ClassifyOptions,
  createClassifier,
  type EmbedOptions,
  type LoadedWeights,
  type LoadWeightsOptions,
  type WeightsSource,
} from './tasks/index.ts';
export { type ClassificationPreset, describePreset, type Interpolation, preprocess } from './transforms/index.ts';

/** Modules, layers, initializers and what is done with whole models. */
export { type FeatureLevel, type FeaturePathsOptions, featurePaths } from './feature-paths.ts';
export * as functional from './functional.ts';
export * from './init.ts';
export { type LayerInitializers, setInitializers } from './initialize-layers.ts';
export { AdaptiveAvgPool2d } from './layers/adaptive-avg-pool.ts';
export { AvgPool2d, type AvgPoolOptions } from './layers/avg-pool.ts';
export { BatchNorm2d, BatchNorm3d, BatchNormNd, type NormOptions } from './layers/batch-norm.ts';
export { Conv2d, Conv3d, ConvNd, type ConvOptions } from './layers/conv.ts';
export { Conv2dNormActivation, type Conv2dNormActivationOptions } from './layers/conv-norm-activation.ts';
export { Dropout, type DropoutOptions } from './layers/dropout.ts';
export { Flatten, type FlattenOptions } from './layers/flatten.ts';
export { GELU } from './layers/gelu.ts';
export { Hardsigmoid } from './layers/hardsigmoid.ts';
export { Hardswish } from './layers/hardswish.ts';
export { Identity } from './layers/identity.ts';
export { LayerNorm, LayerNorm2d, type LayerNormOptions } from './layers/layer-norm.ts';
export { Linear, type LinearOptions } from './layers/linear.ts';
export { MaxPool2d, type MaxPoolOptions } from './layers/max-pool.ts';
export { ModuleList } from './layers/module-list.ts';
export { Permute } from './layers/permute.ts';
export { ReLU } from './layers/relu.ts';
export { ReLU6 } from './layers/relu6.ts';
export { type NamedModules, Sequential } from './layers/sequential.ts';
export { Sigmoid } from './layers/sigmoid.ts';
export { SiLU } from './layers/silu.ts';
export type { SizePerAxis } from './layers/sizes.ts';
export { SqueezeExcitation, type SqueezeExcitationOptions } from './layers/squeeze-excitation.ts';
export { StochasticDepth, type StochasticDepthOptions } from './layers/stochastic-depth.ts';
export {
  type AnyModule,
  adaptToCheckpoint,
  checkpointKeys,
  isModule,
  joinPath,
  Module,
  moduleAt,
  namedModules,
  namedParameters,
} from './module.ts';
export { isParameter, Parameter, type ParameterOptions } from './parameter.ts';
export { countParameters, freeze, initialize, stateDict, stateDictTypes } from './state-dict.ts';
export { type Head, headOf, headsOf, removeHead, replaceHead, replaceModule } from './surgery.ts';
export { type ModuleResult, moduleResults, pathsOf, type TraceableModule, type TraceOptions, trace } from './trace.ts';
export { isValue, type MaskInput, type Mode, type StateUpdate, Trace, traceOf, type Watch } from './trace-context.ts';
export {
  auxiliaryLoss,
  type LogitsLoss,
  type LossParts,
  type OwnLossParts,
  type StepLoss,
  type TrainingLoss,
  type Values,
} from './training-loss.ts';

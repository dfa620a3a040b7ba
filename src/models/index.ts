/** The model zoo: models and their published weights by name; families are imported one by one from `ocelli/models/<family>`. */
export { freeze } from '../nn/state-dict.ts';
export { type Head, headOf, removeHead, replaceHead, replaceModule } from '../nn/surgery.ts';
export type { ActivationName, BlockSpec, BlockType } from './blocks/block-spec.ts';
export { parseBlocks, printBlocks } from './blocks/block-string.ts';
export { blocksOf, hasBlocks } from './blocks/blocks-of.ts';
export { type Block, type BlockNetwork, type SqueezeName, type SqueezeRule, unrollBlocks } from './blocks/network.ts';
export { type BlockScaling, type NetworkScaling, scaleBlocks, scaleNetwork } from './blocks/scale.ts';
export { makeDivisible, roundFilters, roundRepeats, type ScalingCoefficients } from './compound-scaling.ts';
export type { ModelBuilders } from './manifest.ts';
export { getPreset } from './presets.ts';
export {
  familyOf,
  getCategories,
  getModel,
  getModelWeights,
  getWeight,
  listModels,
  type ModelName,
  type ModelOptions,
  modelName,
} from './registry.ts';
export type { CategoriesName, WeightsEntry, WeightsMeta, WeightsTable } from './weights-entry.ts';

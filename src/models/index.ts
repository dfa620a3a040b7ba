/** The model zoo: models and their published weights by name; families are imported one by one from `ocelli/models/<family>`. */
export { freeze } from '../nn/state-dict.ts';
export { type Head, headOf, removeHead, replaceHead, replaceModule } from '../nn/surgery.ts';
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

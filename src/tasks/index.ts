/** Picture in, answer out, and the way of weights into and out of models. */
export {
  type Classification,
  Classifier,
  type ClassifierOptions,
  type ClassifyOptions,
  createClassifier,
  type EmbedOptions,
} from './classifier.ts';
export { type LoadOptions, load } from './classify.ts';
export { type LoadedWeights, type LoadWeightsOptions, loadWeights, saveWeights } from './load-weights.ts';
export { type OpenWeightsOptions, openWeights, type WeightsSource } from './weights-source.ts';

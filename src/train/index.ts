/** Losses, optimizers and schedules. */
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from './losses/binary-cross-entropy.ts';
export { type CrossEntropyOptions, crossEntropy } from './losses/cross-entropy.ts';
export { type MarginLossOptions, marginLoss } from './losses/margin.ts';
export { mse } from './losses/mse.ts';
export { type AdamOptions, adam, adamw } from './optimizers/adam.ts';
export {
  combineGroups,
  layerwiseDecay,
  noDecayForVectors,
  type ParameterGroups,
  type ParameterSettings,
} from './optimizers/groups.ts';
export { type RmspropOptions, rmsprop, rmspropTensorFlow } from './optimizers/rmsprop.ts';
export { type SgdOptions, sgd } from './optimizers/sgd.ts';
export * from './schedules/index.ts';

/** Training: runs, evaluation, losses, optimizers and schedules. */
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from '../nn/losses/binary-cross-entropy.ts';
export { type CrossEntropyOptions, crossEntropy } from '../nn/losses/cross-entropy.ts';
export { type MarginLossOptions, marginLoss } from '../nn/losses/margin.ts';
export { mse } from '../nn/losses/mse.ts';
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts';
export type * from './events.ts';
export { lossOf } from './loss-of.ts';
export type { Metrics } from './metrics.ts';
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
export type { Trainable, TrainingData, TrainOptions } from './options.ts';
export { evaluationPage } from './report/evaluation-page.ts';
export type { EpochRecord } from './run/progress.ts';
export * from './schedules/index.ts';
export { train } from './train.ts';
export { type StepFiles, writeTrainingStep } from './write-step.ts';

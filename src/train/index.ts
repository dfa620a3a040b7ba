/** Losses and optimizers as graph functions. */
export { crossEntropy } from './cross-entropy.ts';
export { type SgdOptions, sgd } from './sgd.ts';

/** Functions over values, for forward functions, losses and optimizers. */
export * from '../compiler/ops/functions.ts';

/** The functions over values that models, losses and optimizers are written in. */
export * from './functions-data.ts';
export * from './functions-elementwise.ts';
export * from './functions-nn.ts';
export * from './functions-reduce.ts';

/** The whole pipeline: models to programs that run, train or are exported. */
export { ProgramCache } from './cache.ts';
export { type CompileOptions, compile } from './compile.ts';
export { type DynamicAxis, dynamicAxes, type ExportOptions, exportOnnx, type ModelSink, writeOnnx } from './export-onnx.ts';
export * from './export-training.ts';
export { type GradModel, type GradOnnxOptions, gradOnnx } from './grad-onnx.ts';
export type { Model } from './inference-graph.ts';
export { estimateMemory, type MemoryEstimate } from './memory-estimate.ts';
export type * from './optimizer-rule.ts';
export { DEFAULT_MAX_BATCH, type Program } from './program.ts';
export { receptiveField } from './receptive-field.ts';
export * from './summary.ts';
export * from './training.ts';
export type * from './training-graph.ts';
export { initialState, type StateTensor } from './training-state.ts';

/** Graphs by hand: build or trace them, differentiate, rewrite, verify, print, and write them as ONNX. */
export { type GradOptions, grad } from './autodiff/grad.ts';
export { GraphBuilder } from './ir/builder.ts';
export { type Dim, evaluateDim } from './ir/dim.ts';
export type { Attr, Builder, Graph, Node, OpAttrs, OpName, Port, ShapeRules, TensorType, Value } from './ir/graph.ts';
export { printGraph } from './ir/print.ts';
export { verifyGraph } from './ir/verify.ts';
export { type EmitOptions, emitOnnx, type OnnxModel, OPSET } from './onnx/emit.ts';
export { type ExternalReader, type OnnxProgram, type ReadOnnxOptions, readOnnx } from './onnx/read.ts';
export type { OnnxNode, ReadingRule, ReadingRules } from './ops/reading.ts';
export type { Cost, Lowering, LoweringTarget, OpRules } from './ops/rules.ts';
export { opTable, rulesOf, shapeRules } from './ops/table.ts';
export { deadCode } from './passes/dead-code.ts';
export { type FoldedGraph, foldBatchNorm } from './passes/fold-batch-norm.ts';
export { foldIntegers } from './passes/fold-integers.ts';
export { type Rewriting, rewrite } from './passes/rewrite.ts';

/** A model's inference graph with its weights folded: what is compiled to run and what is exported. */
import type { Graph, TensorType, Value } from '../compiler/ir/graph.ts';
import { verifyGraph } from '../compiler/ir/verify.ts';
import { shapeRules } from '../compiler/ops/table.ts';
import { deadCode } from '../compiler/passes/dead-code.ts';
import { type FoldedGraph, foldBatchNorm, type ParameterValues } from '../compiler/passes/fold-batch-norm.ts';
import { foldIntegers } from '../compiler/passes/fold-integers.ts';
import type { AnyModule } from '../nn/module.ts';
import { stateDict } from '../nn/state-dict.ts';
import { trace } from '../nn/trace.ts';

export type { ParameterValues };

/** A model that gives one value or several by name. */
export type Model = { call(...inputs: readonly Value[]): Value | Readonly<Record<string, Value>> } & AnyModule;

export interface InferenceGraphOptions {
  /** What the model takes, by name, in the order of its forward: `{ input: { dtype: 'float32', shape: ['N', 3, 224, 224] } }`. */
  readonly inputs: Readonly<Record<string, TensorType>>;
  /** What the model is given in place of the inputs, as a graph function of them; default the inputs themselves. */
  readonly prepare?: (inputs: readonly Value[]) => readonly Value[];
  /** The name of the output of a model that gives one value; default 'logits'. */
  readonly output?: string;
  /** Module paths whose results become further outputs, under those paths as names. */
  readonly features?: readonly string[];
  /** One more output 'embedding' [N, features], of models that have one: the vector that the head is given. Default false. */
  readonly embedding?: boolean;
}

/** The model's graph as it is traced, simplified but with all its parameters. */
export function inferenceGraph(model: Model, options: InferenceGraphOptions): Graph {
  const { inputs, prepare, output = 'logits', features = [], embedding = false } = options;
  const traced = trace(model, { mode: 'inference', inputs, ...(prepare && { prepare }), output, features, embedding });
  verifyGraph(traced, shapeRules);
  const simplified = foldIntegers(deadCode(traced));
  verifyGraph(simplified, shapeRules);
  return simplified;
}

/** The graph with batch norms folded into convolutions, and the values of its parameters; default the model's own. */
export function foldWeights(model: Model, graph: Graph, values: ParameterValues = stateDict(model)): FoldedGraph {
  const folded = foldBatchNorm(graph, values);
  verifyGraph(folded.graph, shapeRules);
  return folded;
}

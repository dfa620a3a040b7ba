/**
 * Integers that are known when the graph is made (shapes, indices, sizes and arithmetic on them) become constants. What is
 * known may be symbolic: `shapeOf` of [N, 3] is (N, 3), and N·2 stays one dim to compute instead of a chain of nodes.
 */
import type { DType } from '../../base/dtype.ts';
import { int64, tensor } from '../../base/tensor.ts';
import type { Dim } from '../ir/dim.ts';
import type { Graph, Value } from '../ir/graph.ts';
import { type Known, knownOutput } from '../ops/known-values.ts';
import { deadCode } from './dead-code.ts';
import { type Rewriting, rewrite } from './rewrite.ts';

function isInteger(dtype: DType): boolean {
  return dtype === 'int64' || dtype === 'int32';
}

/** Replaces integer values of at most 64 elements that are known by constants, or by the dims they are. */
export function foldIntegers(graph: Graph): Graph {
  const known = new Map<Value, Known>();
  const folded = rewrite(graph, (node, to) => {
    const result = knownOutput(node, (value) => known.get(value));
    if (!result) return undefined;
    const output = node.outputs[0] as Value;
    known.set(output, result);
    const { dtype } = output.type;
    if (!isInteger(dtype) || node.op === 'constant' || node.op === 'dimSize') return undefined;
    return written(result, dtype, to);
  });
  return deadCode(folded);
}

/** A known value as a constant, or as a lone symbolic dim; undefined when it is neither and the node had better stay. */
function written({ shape, elements }: Known, dtype: DType, { builder }: Rewriting): readonly Value[] | undefined {
  const numbers = elements.filter((element) => typeof element === 'number');
  if (numbers.length === elements.length) {
    const value = dtype === 'int64' ? int64(shape, numbers) : tensor('int32', shape, Int32Array.from(numbers));
    return [builder.apply('constant', [], { value })];
  }
  if (elements.length !== 1 || dtype !== 'int64') return undefined;
  const size = builder.apply('dimSize', [], { dim: elements[0] as Dim });
  return [shape.length === 0 ? size : builder.apply('reshape', [size], { shape })];
}

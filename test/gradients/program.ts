/** A case as a graph: its operator, and the gradients of the weighted sum of its outputs. */
import { dtypes } from '../../src/base/dtype.ts';
import type { Tensor } from '../../src/base/tensor.ts';
import { grad } from '../../src/compiler/autodiff/grad.ts';
import { GraphBuilder } from '../../src/compiler/ir/builder.ts';
import type { Graph, Port, Value } from '../../src/compiler/ir/graph.ts';
import { verifyGraph } from '../../src/compiler/ir/verify.ts';
import * as f from '../../src/compiler/ops/functions.ts';
import { opTable, shapeRules } from '../../src/compiler/ops/table.ts';
import { attrsOf, type Case, type Golden } from './case.ts';
import { fill } from './fill.ts';

export interface CaseProgram {
  readonly graph: Graph;
  readonly feeds: ReadonlyMap<string, Tensor>;
}

/**
 * Outputs are named `output0`, ... and, for every floating-point input, `gradient0`, ... by the input's place.
 * Gradients are there when torch has some and the operator does not say 'none'.
 */
export function caseProgram(test: Case, golden: Golden, named: boolean): CaseProgram {
  const builder = new GraphBuilder(shapeRules);
  const feeds = new Map<string, Tensor>();
  const inputs = test.inputs.map((spec, i) => {
    const tensor = fill(`${test.name}/${i}`, spec);
    feeds.set(`input${i}`, tensor);
    const shape = (named ? test.named?.inputs[i] : undefined) ?? spec.shape;
    return builder.input(`input${i}`, { dtype: tensor.dtype, shape });
  });
  const attrs = { ...test.attrs, ...(named ? test.named?.attrs : undefined) };
  const outputs = builder.applyAll(test.op, inputs, attrsOf(attrs) as never);
  const ports: Port[] = outputs.map((value, i) => ({ name: `output${i}`, value }));

  if (golden.gradients && opTable[test.op].gradient !== 'none') {
    const floating = inputs.flatMap((input, i) => (dtypes[input.type.dtype].floating ? [i] : []));
    const seeds = outputs.map((output, i) => {
      if (!dtypes[output.type.dtype].floating) return undefined;
      feeds.set(`seed${i}`, fill(`${test.name}/seed${i}`, { shape: golden.outputs[i]?.shape ?? [] }));
      return f.cast(builder.input(`seed${i}`, { ...output.type, dtype: 'float32' }), output.type.dtype);
    });
    const wrt = floating.map((i) => inputs[i] as Value);
    const gradients = gradientsOf(outputs, seeds, wrt);
    gradients.forEach((value, i) => {
      ports.push({ name: `gradient${floating[i]}`, value });
    });
  }
  const graph = builder.build(ports);
  verifyGraph(graph, shapeRules);
  return { graph, feeds };
}

/** One output's seed goes in as it is; several outputs make one loss. */
function gradientsOf(outputs: readonly Value[], seeds: readonly (Value | undefined)[], wrt: readonly Value[]): readonly Value[] {
  const pairs = outputs.flatMap((output, i): [Value, Value][] => {
    const seed = seeds[i];
    return seed ? [[output, seed]] : [];
  });
  const [first, ...more] = pairs;
  if (first && more.length === 0) return grad(first[0], wrt, { seed: first[1] });
  return grad(
    pairs.map(([output, seed]) => f.sum(f.mul(output, seed))).reduce((a, b) => f.add(a, b)),
    wrt,
  );
}

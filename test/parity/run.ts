/** Ocelli's side: a filled model through the whole pipeline (trace, passes, weights baked, emit, ONNX Runtime). */
import type { Tensor } from '../../src/base/tensor.ts';
import { getModel } from '../../src/models/registry.ts';
import { type Module, moduleAt } from '../../src/nn/module.ts';
import { compile } from '../../src/program/compile.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { fillModel, pictures, type Range } from './fill.ts';
import { type CaseName, type Cases, partOf } from './goldens.ts';

/** The model, or the part of it that is compared, with alive weights. */
export async function filledModel(name: string, ranges: readonly Range[]): Promise<Module> {
  const model = moduleAt(await getModel(name), partOf(name)) as Module;
  fillModel(model, ranges);
  return model;
}

export interface RunCasesOptions {
  readonly runtime: Runtime;
  readonly portable: boolean;
  /** Module paths whose results are wanted beside the logits. */
  readonly features?: readonly string[];
}

/** Compiles once per picture size, with the batch open, and runs the cases of that size. */
export async function runCases(
  model: Module,
  cases: Cases,
  { runtime, portable, features = [] }: RunCasesOptions,
): Promise<ReadonlyMap<CaseName, Readonly<Record<string, Tensor>>>> {
  const results = new Map<CaseName, Readonly<Record<string, Tensor>>>();
  const named = Object.entries(cases) as [CaseName, NonNullable<Cases[CaseName]>][];
  for (const size of new Set(named.map(([, shape]) => shape.slice(1).join()))) {
    const type = { dtype: 'float32', shape: ['N', ...size.split(',').map(Number)] } as const;
    await using program = await compile(model, { runtime, portable, features, inputs: { input: type } });
    for (const [name, shape] of named) {
      if (shape.slice(1).join() === size) results.set(name, await program.run({ input: pictures('input', shape) }));
    }
  }
  return results;
}

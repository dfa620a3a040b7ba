/** Ocelli's side: a filled model through the whole pipeline (trace, passes, weights baked, emit, ONNX Runtime). */
import type { Tensor } from '../../src/base/tensor.ts';
import { getModel } from '../../src/models/registry.ts';
import type { Module } from '../../src/nn/module.ts';
import { compile } from '../../src/program/compile.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { fillModel, pictures, type Range } from './fill.ts';
import { type CaseName, cases } from './goldens.ts';

/** The model with its alive weights. */
export async function filledModel(name: string, ranges: readonly Range[]): Promise<Module> {
  const model = await getModel(name);
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
  names: readonly CaseName[],
  { runtime, portable, features = [] }: RunCasesOptions,
): Promise<ReadonlyMap<CaseName, Readonly<Record<string, Tensor>>>> {
  const results = new Map<CaseName, Readonly<Record<string, Tensor>>>();
  for (const size of new Set(names.map((name) => cases[name].slice(2).join()))) {
    const [height, width] = size.split(',').map(Number) as [number, number];
    const type = { dtype: 'float32', shape: ['N', 3, height, width] } as const;
    await using program = await compile(model, { runtime, portable, features, inputs: { input: type } });
    for (const name of names.filter((name) => cases[name].slice(2).join() === size)) {
      results.set(name, await program.run({ input: pictures('input', cases[name]) }));
    }
  }
  return results;
}

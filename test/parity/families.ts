/** Ocelli's side of one training step of each family: the models, pictures and settings of families.json, as families.py takes them. */
import { readFileSync } from 'node:fs';
import { float32, type Tensor } from '../../src/base/tensor.ts';
import { getModel } from '../../src/models/registry.ts';
import { Linear } from '../../src/nn/layers/linear.ts';
import { type Module, namedModules, namedParameters } from '../../src/nn/module.ts';
import { replaceModule } from '../../src/nn/surgery.ts';
import { loadTraining, type TrainingProgram } from '../../src/program/training.ts';
import { traceTrainingStep } from '../../src/program/training-graph.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { lossOf } from '../../src/train/loss-of.ts';
import { sgd } from '../../src/train/optimizers/sgd.ts';
import type { PictureShape } from './fill.ts';
import { kinkOutputs } from './kinks.ts';
import { batchOf } from './training.ts';

interface Family {
  readonly input: PictureShape;
  /** Default 1000. */
  readonly classes?: number;
  /** What leaves nothing to chance. */
  readonly options?: Readonly<Record<string, number>>;
  /** Whether hidden linear layers get few outputs: heads of 120 million weights say nothing that small ones do not. */
  readonly narrow?: boolean;
  /** Float32 runs of torch on pictures changed in the last bit: fewer than usual where each takes seconds. */
  readonly trembles?: number;
}

/** One model of each family. */
export const families = JSON.parse(readFileSync(new URL('./families.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Family>
>;

const NARROW = 64;

function narrow(model: Module): void {
  const linear = [...namedModules(model)].flatMap(([path, module]) => (module instanceof Linear ? [{ path, module }] : []));
  let width = linear[0]?.module.inFeatures ?? 0;
  for (const [i, { path, module }] of linear.entries()) {
    const outputs = i === linear.length - 1 ? module.outFeatures : NARROW;
    replaceModule(model, path, new Linear(width, outputs));
    width = outputs;
  }
}

export function familyFeeds(name: string): Readonly<Record<string, Tensor>> {
  const { input, classes = 1000 } = families[name] as Family;
  return { ...batchOf(name, input, classes), learningRate: float32([], [0.01]) };
}

/** The step of a family's model from torch's state; what decides at kinks is among its outputs. */
export async function familyProgram(
  name: string,
  state: Readonly<Record<string, Tensor>>,
  runtime: Runtime,
): Promise<TrainingProgram> {
  const family = families[name] as Family;
  const model: Module = await getModel(name, family.options);
  if (family.narrow) narrow(model);
  for (const [key, parameter] of namedParameters(model)) parameter.value = state[key];
  const { input, target } = familyFeeds(name) as { readonly input: Tensor; readonly target: Tensor };
  const training = traceTrainingStep(model, {
    inputs: { input },
    targets: { target },
    ...lossOf(model),
    optimizer: sgd({ weightDecay: 1e-4 }),
    expose: { gradients: true },
  });
  const graph = { ...training.graph, outputs: [...training.graph.outputs, ...kinkOutputs(training.graph)] };
  return loadTraining({ ...training, graph }, model, { runtime });
}

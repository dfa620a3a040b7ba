/** Ocelli's side of the training-step parity: the same models, pictures, labels and settings as training.py. */
import { randomUniform, streamKey } from '../../src/base/random.ts';
import { float32, int64, type Tensor } from '../../src/base/tensor.ts';
import { getModel } from '../../src/models/registry.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import type { Module } from '../../src/nn/module.ts';
import { compileTraining, type TrainingProgram } from '../../src/program/training.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { sgd } from '../../src/train/optimizers/sgd.ts';
import { fillModel, type PictureShape, pictures, type Range } from './fill.ts';

const SHAPE: PictureShape = [8, 3, 64, 64];

/** The compared models with the options that leave nothing to chance. */
export const trainingModels: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  resnet18: {},
  mobilenet_v2: { dropout: 0 },
  efficientnet_b0: { dropout: 0, stochasticDepthProb: 0 },
};

/** The training step of a model with alive weights, gradients exposed. */
export async function trainingProgram(
  name: string,
  ranges: readonly Range[],
  options: { readonly runtime: Runtime; readonly portable: boolean },
): Promise<TrainingProgram> {
  const model: Module = await getModel(name, trainingModels[name]);
  fillModel(model, ranges);
  return compileTraining(model, {
    ...options,
    inputs: { input: { dtype: 'float32', shape: SHAPE } },
    targets: { target: { dtype: 'int64', shape: SHAPE.slice(0, 1) } },
    loss: (logits, targets) => {
      if (!targets.target) throw new Error('the training graph has no targets');
      return crossEntropy(logits, targets.target);
    },
    optimizer: sgd({ momentum: 0.9, weightDecay: 1e-4 }),
    expose: { gradients: true },
  });
}

/** Pictures and labels by name, the same as Python's. */
export function batchOf(name: string, shape: PictureShape, classes: number): Readonly<Record<'input' | 'target', Tensor>> {
  const key = streamKey(0, `target:${name}`);
  const target = Array.from({ length: shape[0] }, (_, i) => Math.floor(randomUniform(key, i) * classes));
  return { input: pictures(`input:${name}`, shape), target: int64([shape[0]], target) };
}

/** The first step: the loss, `grad:<key>` of every parameter, and `next:<name>` of every state tensor. */
export async function takeStep(program: TrainingProgram): Promise<ReadonlyMap<string, Tensor>> {
  const { outputs } = await program.step({ ...batchOf('0', SHAPE, 1000), learningRate: float32([], [0.01]) });
  const state = await program.read();
  return new Map([
    ...Object.entries(outputs),
    ...Object.entries(state).map(([name, value]): [string, Tensor] => [`next:${name}`, value]),
  ]);
}

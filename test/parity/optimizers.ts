/** Ocelli's side of the optimizers' parity: the same models, batches and settings as optimizers.py. */
import { float32, type Tensor } from '../../src/base/tensor.ts';
import { getModel } from '../../src/models/registry.ts';
import type { Module } from '../../src/nn/module.ts';
import type { OptimizerRule } from '../../src/program/optimizer-rule.ts';
import { loadTraining, type TrainingProgram } from '../../src/program/training.ts';
import { traceTrainingStep } from '../../src/program/training-graph.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { adamw, crossEntropy, rmsprop, rmspropTensorFlow, sgd } from '../../src/train/index.ts';
import { fillModel } from './fill.ts';
import { readGolden } from './goldens.ts';
import { kinkOutputs } from './kinks.ts';
import { batchOf } from './training.ts';

/** The compared models with the options that leave nothing to chance. */
export const models: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  resnet18: {},
  efficientnet_b0: { dropout: 0, stochasticDepthProb: 0 },
  mnasnet1_0: { dropout: 0 },
  squeezenet1_1: { dropout: 0 },
  mobilenet_v2: { dropout: 0 },
};

export const optimizers: Readonly<Record<string, { readonly rule: OptimizerRule; readonly learningRate: number }>> = {
  sgd: { rule: sgd({ momentum: 0.9, weightDecay: 1e-4 }), learningRate: 0.01 },
  rmsprop: { rule: rmsprop({ momentum: 0.9, weightDecay: 1e-5 }), learningRate: 1e-4 },
  rmspropTensorFlow: { rule: rmspropTensorFlow({ momentum: 0.9, eps: 1e-3, weightDecay: 1e-5 }), learningRate: 0.016 },
  adamw: { rule: adamw(), learningRate: 1e-3 },
};

/** What a step is fed; steps are counted from 1. */
export function stepFeeds(optimizer: string, step: number): Record<string, Tensor> {
  return { ...batchOf(`${step}`, [8, 3, 32, 32], 1000), learningRate: float32([], [optimizers[optimizer]?.learningRate ?? 0]) };
}

let last: { readonly name: string; readonly model: Promise<Module> } | undefined;

/** A model with alive weights; the last one is kept. */
function aliveModel(name: string): Promise<Module> {
  if (last?.name !== name) {
    const made = getModel(name, models[name]).then((model) => {
      fillModel(model, readGolden(name).ranges);
      return model;
    });
    last = { name, model: made };
  }
  return last.model;
}

/** The step of a model with alive weights; what decides at kinks is among its outputs. */
export async function stepProgram(
  name: string,
  optimizer: string,
  options: { readonly runtime: Runtime; readonly portable?: boolean },
): Promise<TrainingProgram> {
  const model = await aliveModel(name);
  const { input, target } = stepFeeds(optimizer, 1) as { readonly input: Tensor; readonly target: Tensor };
  const training = traceTrainingStep(model, {
    inputs: { input },
    targets: { target },
    loss: (logits, targets) => crossEntropy(logits, targets.target ?? logits),
    optimizer: (optimizers[optimizer] as { readonly rule: OptimizerRule }).rule,
    expose: { gradients: true },
  });
  const graph = { ...training.graph, outputs: [...training.graph.outputs, ...kinkOutputs(training.graph)] };
  return loadTraining({ ...training, graph }, model, options);
}

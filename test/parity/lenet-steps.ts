/** Ocelli's side of lenet_steps.py: five steps of LeNet-5 on four pictures each, with the same weights, pictures and labels. */
import { randomUniform, streamKey } from '../../src/base/random.ts';
import { float32, int64, type Tensor } from '../../src/base/tensor.ts';
import { lenet5 } from '../../src/models/classification/lenet.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import { compileTraining, type TrainingProgram } from '../../src/program/training.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { sgd } from '../../src/train/optimizers/sgd.ts';
import { fillModel, pictures, type Range } from './fill.ts';

export const STEPS = 5;
const BATCH = 4;
const CLASSES = 10;

/** What lenet_steps.py wrote. */
export interface StepsGolden {
  /** Which pictures. */
  readonly draw: number;
  /** Of torch in float64. */
  readonly tensors: Readonly<Record<string, readonly [gap: number, norm: number, ...samples: number[]]>>;
}

/** What a step is fed; steps are counted from 0. */
export function feedsOf(draw: number, step: number): Record<'input' | 'target' | 'learningRate', Tensor> {
  const key = streamKey(0, `target:${draw}:${step}`);
  return {
    input: pictures(`input:${draw}:${step}`, [BATCH, 1, 28, 28]),
    target: int64(
      [BATCH],
      Array.from({ length: BATCH }, (_, i) => Math.floor(randomUniform(key, i) * CLASSES)),
    ),
    learningRate: float32([], [0.01]),
  };
}

/** The step of LeNet-5 with alive weights. */
export function lenetProgram(runtime: Runtime, ranges: readonly Range[]): Promise<TrainingProgram> {
  const model = lenet5();
  fillModel(model, ranges);
  const { input, target } = feedsOf(0, 0);
  return compileTraining(model, {
    runtime,
    inputs: { input: { dtype: input.dtype, shape: input.shape } },
    targets: { target: { dtype: target.dtype, shape: target.shape } },
    loss: (logits, targets) => crossEntropy(logits, targets.target ?? logits),
    optimizer: sgd({ momentum: 0.9, weightDecay: 1e-4 }),
    expose: { output: true },
  });
}

/** Takes the steps; the losses as `loss:1` to `loss:5`, and the state after the last step by name. */
export async function takeSteps(program: TrainingProgram, draw: number): Promise<Record<string, Float32Array>> {
  const results: Record<string, Float32Array> = {};
  for (let step = 0; step < STEPS; step++) {
    const { loss } = await program.step({ ...feedsOf(draw, step) });
    results[`loss:${step + 1}`] = Float32Array.of(loss);
  }
  for (const [name, { data }] of Object.entries(await program.read())) results[name] = data as Float32Array;
  return results;
}

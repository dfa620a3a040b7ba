/** The compiled training step of the part of a run that goes on: the head alone, or the whole model. */
import type { Tensor } from '../../base/tensor.ts';
import { printGraph } from '../../compiler/ir/print.ts';
import { type AnyModule, moduleAt, namedParameters } from '../../nn/module.ts';
import { freeze } from '../../nn/state-dict.ts';
import { compileTraining, type TrainingProgram } from '../../program/training.ts';
import { lossOf } from '../loss-of.ts';
import type { Settings, Trainable } from '../options.ts';

/** Whether an epoch, from 0, trains the head alone. */
export function headAlone({ thawAt }: Settings, epoch: number): boolean {
  return epoch < thawAt;
}

/**
 * Compiles the step for pictures [N, C, H, W]. It starts from the model's own values; `write` sets others.
 * @throws usage, shape and runtime as `compileTraining`
 */
export async function compileStep(
  model: Trainable,
  settings: Settings,
  sample: readonly number[],
  epoch: number,
): Promise<TrainingProgram> {
  const { batchSize, data, loss, runtime, optimizer, clipNorm, accumulate, ema, seed, portable, recompute } = settings;
  const target = data.mix
    ? ({ dtype: 'float32', shape: [batchSize, data.train.classes.length] } as const)
    : ({ dtype: 'int64', shape: [batchSize] } as const);
  const restore = headAlone(settings, epoch) ? freezeAllBut(model, settings.heads) : () => undefined;
  try {
    return await compileTraining(model, {
      runtime,
      inputs: { input: { dtype: 'float32', shape: [batchSize, ...sample] } },
      targets: { target },
      ...lossOf(model, loss),
      optimizer,
      expose: { output: true },
      accumulate,
      seed,
      ...(clipNorm === undefined ? {} : { clipNorm }),
      ...(ema ? { ema } : {}),
      ...(portable === undefined ? {} : { portable }),
      ...(recompute === undefined ? {} : { recompute }),
    });
  } finally {
    restore();
  }
}

/** Freezes all but some parts; what it returns puts everything back as it was. */
function freezeAllBut(model: AnyModule, paths: readonly string[]): () => void {
  const before = [...namedParameters(model)].map(([, parameter]) => [parameter, parameter.trainable] as const);
  freeze(model);
  const kept = new Set(paths.flatMap((path) => [...namedParameters(moduleAt(model, path))].map(([, parameter]) => parameter)));
  for (const [parameter, trainable] of before) if (kept.has(parameter)) parameter.trainable = trainable;
  return () => {
    for (const [parameter, trainable] of before) parameter.trainable = trainable;
  };
}

/** What of a step's state goes on when the head's training becomes the whole model's: values and averages; the optimizer starts anew. */
export function carriedOver(state: Readonly<Record<string, Tensor>>, program: TrainingProgram): Record<string, Tensor> {
  const slots = new Set(program.training.state.filter(({ parameter }) => !parameter).map(({ input }) => input));
  const known = new Set(program.training.state.map(({ input }) => input));
  return Object.fromEntries(
    Object.entries(state).filter(
      ([name]) => known.has(name) && (!slots.has(name) || name.startsWith('ema:') || name === 'counter:ema'),
    ),
  );
}

/** The step as text: two runs with equal ones compute the same. */
export function describeStep(program: TrainingProgram): string {
  return printGraph(program.training.traced);
}

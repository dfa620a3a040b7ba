/** A few training steps of a small EfficientNet, batch norms, dropout and stochastic depth included, the same on any back end. */
import { float32, int64 } from '../../src/base/tensor.ts';
import { efficientnet_mini } from '../../src/models/classification/efficientnet.ts';
import { initialize } from '../../src/nn/index.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import { compileTraining } from '../../src/program/training.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { adamw } from '../../src/train/optimizers/adam.ts';
import { pictures } from '../parity/fill.ts';

const STEPS = 3;

export interface MiniOptions {
  readonly batch?: number;
  /** Called around every step. */
  readonly onStep?: (when: 'before' | 'after') => void;
}

/** The losses of three steps of AdamW. */
export async function miniLosses(runtime: Runtime, { batch = 8, onStep = () => undefined }: MiniOptions = {}): Promise<number[]> {
  const model = efficientnet_mini();
  initialize(model, { seed: 1 });
  await using program = await compileTraining(model, {
    runtime,
    inputs: { input: { dtype: 'float32', shape: [batch, 3, 32, 32] } },
    targets: { target: { dtype: 'int64', shape: [batch] } },
    loss: (logits, targets) => crossEntropy(logits, targets.target ?? logits),
    optimizer: adamw(),
    seed: 1,
  });
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const feeds = {
      input: pictures(`input:${step}`, [batch, 3, 32, 32]),
      target: int64(
        [batch],
        Array.from({ length: batch }, (_, i) => i % 10),
      ),
      learningRate: float32([], [1e-3]),
    };
    onStep('before');
    losses.push((await program.step(feeds)).loss);
    onStep('after');
  }
  return losses;
}

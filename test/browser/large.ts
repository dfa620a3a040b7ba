/** One training step of EfficientNet-B0 on four pictures of 224x224, the same one on any back end. */
import { float32, int64 } from '../../src/base/tensor.ts';
import { efficientnet_b0 } from '../../src/models/classification/efficientnet.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import { compileTraining } from '../../src/program/training.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { sgd } from '../../src/train/optimizers/sgd.ts';
import { fillModel, pictures, type Range } from '../parity/fill.ts';

/** The step's loss. */
export async function largeStep(runtime: Runtime, ranges: readonly Range[]): Promise<number> {
  const model = efficientnet_b0();
  fillModel(model, ranges);
  await using program = await compileTraining(model, {
    runtime,
    inputs: { input: { dtype: 'float32', shape: [4, 3, 224, 224] } },
    targets: { target: { dtype: 'int64', shape: [4] } },
    loss: (logits, targets) => crossEntropy(logits, targets.target ?? logits),
    optimizer: sgd({ momentum: 0.9 }),
  });
  const { loss } = await program.step({
    input: pictures('input', [4, 3, 224, 224]),
    target: int64([4], [1, 10, 100, 999]),
    learningRate: float32([], [0.01]),
  });
  return loss;
}

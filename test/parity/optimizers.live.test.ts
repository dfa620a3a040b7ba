/**
 * Optimizers on whole models against torch run beside it: each step restarted from torch's float32 state before it, as whole runs of
 * even two precisions of torch part ways. Loss, weights, the optimizer's tensors and running statistics are within 5 times torch's own
 * float32-float64 gap of the float64 step that takes the same sides at kinks (decisions.py). What is curved in the gradient, as under
 * a division, is held element by element against what 5 gaps of the gradient do to it (optimizers.py says why).
 *
 * Of each pair the second step is compared, the first that starts from an optimizer's state. `OCELLI_PARITY_STEPS=20` compares the
 * first 20 and prints the losses of free runs: Ocelli's, and torch's in float32 and float64.
 */
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import type { TrainingProgram } from '../../src/program/training.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { models, optimizers, stepFeeds, stepProgram } from './optimizers.ts';
import { Torch, whyNoTorch } from './python.ts';
import { compareStep, numberOf, stateOf } from './steps.ts';

const steps = Number(process.env.OCELLI_PARITY_STEPS ?? 0);
const pairs = Object.keys(models).flatMap((model) => Object.keys(optimizers).map((optimizer) => [model, optimizer] as const));
const reason = whyNoTorch();
if (reason) console.log(`Live parity of optimizers is skipped: ${reason}`);

describe.skipIf(reason)('steps of optimizers equal torch live', () => {
  let runtime: Runtime;
  let torch: Torch;
  beforeAll(async () => {
    runtime = await nodeRuntime();
    torch = new Torch('optimizers.py');
  });
  afterAll(async () => {
    torch.close();
    await runtime.dispose();
  });

  it.each(pairs)('%s, %s', { timeout: 3_600_000 }, async (model, optimizer) => {
    await using program = await stepProgram(model, optimizer, { runtime });
    const first = steps > 0 ? await program.read() : {};
    await torch.ask({ model, optimizer, alone: steps > 0 });
    if (steps === 0) {
      await torch.ask({ step: 'single' });
      await program.write(stateOf(await torch.ask({ step: 'on' })));
    }
    const free: { readonly single: number; readonly double: number }[] = [];
    for (let step = steps === 0 ? 2 : 1; step <= Math.max(steps, 2); step++) {
      const asked = await torch.ask({ step: 'both' });
      free.push({ single: numberOf(asked, 'loss'), double: steps > 0 ? numberOf(asked, 'loss alone') : Number.NaN });
      await compareStep(`${model}, ${optimizer}, step ${step}`, program, stepFeeds(optimizer, step), asked, torch);
      await program.write(stateOf(await torch.ask({ step: 'on' })));
    }
    if (steps > 0) await printFreeRun(`${model}, ${optimizer}`, program, first, optimizer, free);
  });
});

async function printFreeRun(
  title: string,
  program: TrainingProgram,
  first: Readonly<Record<string, Tensor>>,
  optimizer: string,
  torchs: readonly { readonly single: number; readonly double: number }[],
): Promise<void> {
  await program.write(first);
  const rows = [`${title}: losses of free runs\nstep   Ocelli   torch float32   torch float64`];
  for (const [i, { single, double }] of torchs.entries()) {
    const { loss } = await program.step(stepFeeds(optimizer, i + 1));
    rows.push(
      `${String(i + 1).padStart(4)} ${loss.toFixed(5).padStart(8)} ${single.toFixed(5).padStart(15)} ${double.toFixed(5).padStart(15)}`,
    );
  }
  console.log(rows.join('\n'));
}

/**
 * Eleven training steps of three models against torch run beside it, each restarted from torch's float32 state before it, as whole
 * runs of even two precisions of torch part ways. Every value of loss, gradients, weights, momentum and statistics is within 5 times
 * torch's own float32-float64 gap of the float64 step that takes the same sides at kinks (steps.py); the first also with standard
 * operators alone.
 */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { stepFeeds, stepProgram } from './optimizers.ts';
import { Torch, whyNoTorch } from './python.ts';
import { compareStep, stateOf } from './steps.ts';
import { trainingModels } from './training.ts';

const STEPS = 11;

const reason = whyNoTorch();
if (reason) console.log(`Live parity of training is skipped: ${reason}`);

describe.skipIf(reason)('training steps equal torch live', () => {
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

  it.each(Object.keys(trainingModels))('%s', async (name) => {
    await torch.ask({ model: name, optimizer: 'sgd', alone: false });
    await using portable = await stepProgram(name, 'sgd', { runtime, portable: true });
    await using program = await stepProgram(name, 'sgd', { runtime });
    for (let step = 1; step <= STEPS; step++) {
      const asked = await torch.ask({ step: 'both' });
      const feeds = stepFeeds('sgd', step);
      if (step === 1) await compareStep(`${name} portable, step 1`, portable, feeds, asked, torch);
      await compareStep(`${name}, step ${step}`, program, feeds, asked, torch);
      await program.write(stateOf(await torch.ask({ step: 'on' })));
    }
  });
});

/**
 * Training steps against torch run beside it: the first and ten further ones, each restarted from torch's float32 state before
 * it, as whole runs of even two precisions of torch part ways. Every value of loss, gradients, weights, momentum and statistics
 * is within 5 times torch's own float32-float64 gap, unless an input of ReLU or max pooling is so near the kink that float32's
 * rounding decides the side: then gradients may also be off by what such decisions move (kinks.py). The log says where.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { readGolden } from './goldens.ts';
import { compare, Torch, type TorchTensor, whyNoTorch } from './python.ts';
import { takeStep, trainingModels, trainingProgram } from './training.ts';

/** The first step and ten more. */
const STEPS = 11;

const reason = whyNoTorch();
if (reason) console.log(`Live parity of training is skipped: ${reason}`);

describe.skipIf(reason)('training steps equal torch live', () => {
  let runtime: Runtime;
  let torch: Torch;
  beforeAll(async () => {
    runtime = await nodeRuntime();
    torch = new Torch();
  });
  afterAll(async () => {
    torch.close();
    await runtime.dispose();
  });

  it.each(Object.keys(trainingModels))('%s', async (name) => {
    const { ranges } = readGolden(name);
    await using fused = await trainingProgram(name, ranges, { runtime, portable: false });
    await using portable = await trainingProgram(name, ranges, { runtime, portable: true });
    const both = [
      ['', fused],
      [' portable', portable],
    ] as const;
    const wrong: string[] = [];
    let step = 0;
    for await (const expected of torch.answers(Array.from({ length: STEPS }, () => ({ training: name })))) {
      const before = stateBefore(expected);
      for (const [kind, program] of step === 0 ? both : both.slice(0, 1)) {
        await program.write(Object.fromEntries(program.training.state.map(({ input }) => [input, stateOf(before, input)])));
        const results = await takeStep(program, step);
        const worst = new Map<string, number>();
        let kinks = 0;
        for (const [key, torchs] of expected) {
          if (key.startsWith('state:')) continue;
          const result = results.get(key);
          if (!result) throw new Error(`${key}: the step did not give it`);
          const { error, leaning } = compare(result, torchs);
          const group = groupOf(key);
          worst.set(group, Math.max(worst.get(group) ?? 0, error));
          if (error <= 1) continue;
          if (leaning <= 1) kinks++;
          else wrong.push(`step ${step + 1}${kind}, ${key}: ${error.toFixed(2)} tolerances`);
        }
        const text = [...worst].map(([group, error]) => `${group} ${error.toFixed(2)}`).join(', ');
        console.log(
          `${name}${kind}, step ${step + 1}: worst errors in tolerances: ${text}${kinks > 0 ? `; ${kinks} tensors off by kinks` : ''}`,
        );
      }
      step++;
    }
    expect(wrong).toEqual([]);
  });
});

function stateBefore(expected: ReadonlyMap<string, TorchTensor>): ReadonlyMap<string, TorchTensor['value']> {
  const states = [...expected].filter(([key]) => key.startsWith('state:'));
  return new Map(states.map(([key, { value }]) => [key.slice('state:'.length), value]));
}

function stateOf(state: ReadonlyMap<string, TorchTensor['value']>, name: string): TorchTensor['value'] {
  const value = state.get(name);
  if (!value) throw new Error(`torch has no state tensor ${name}`);
  return value;
}

function groupOf(key: string): string {
  if (key === 'loss') return 'loss';
  if (key.startsWith('grad:')) return 'gradients';
  if (key.startsWith('next:momentum:')) return 'momentum';
  return /running|num_batches/.test(key) ? 'statistics' : 'weights';
}

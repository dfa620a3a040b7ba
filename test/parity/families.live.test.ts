/**
 * One training step of a model of each family against torch run beside it: loss, gradients, updated weights and running statistics,
 * all values, within 5 times torch's own float32-float64 gap of the float64 step that takes the same sides at kinks (steps.py).
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { families, familyFeeds, familyProgram } from './families.ts';
import { Torch, whyNoTorch } from './python.ts';
import { compareStep, stateOf } from './steps.ts';

const reason = whyNoTorch();
if (reason) console.log(`Live parity of families' training steps is skipped: ${reason}`);

/** Models by the file they are in, as the manifest lists them. */
function modelsByFamily(): ReadonlyMap<string, readonly string[]> {
  const manifest = readFileSync(new URL('../../src/models/manifest.ts', import.meta.url), 'utf8');
  const found = new Map<string, string[]>();
  for (const [, name, file] of manifest.matchAll(/readonly (\w+): typeof import\('\.\/classification\/(\w+)\.ts'\)/g)) {
    found.set(file as string, [...(found.get(file as string) ?? []), name as string]);
  }
  return found;
}

it('no family is left out', () => {
  // Capsules have a loss of their own and a decoder: capsnet.live.test.ts.
  const missing = [...modelsByFamily()].filter(
    ([family, names]) => family !== 'capsnet' && !names.some((name) => name in families),
  );
  expect(missing).toEqual([]);
  expect(modelsByFamily().size).toBeGreaterThan(10);
});

describe.skipIf(reason)('a training step of each family equals torch live', () => {
  let runtime: Runtime;
  let torch: Torch;
  beforeAll(async () => {
    runtime = await nodeRuntime();
    torch = new Torch('families.py');
  });
  afterAll(async () => {
    torch.close();
    await runtime.dispose();
  });

  it.each(Object.keys(families))('%s', async (name) => {
    const asked = await torch.ask({ family: name });
    await using program = await familyProgram(name, stateOf(asked), runtime);
    await compareStep(name, program, familyFeeds(name), asked, torch);
  });
});

/**
 * The first training step of three models against torch's: loss, gradients, updated weights and running statistics within
 * 5 times torch's own float32-float64 gap.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import { GAPS, readGolden, sampleAt } from './goldens.ts';
import { takeStep, trainingModels, trainingProgram } from './training.ts';

/** [gap, Euclidean norm, ...samples] of every compared tensor. */
type TrainingGolden = Readonly<Record<string, readonly [gap: number, norm: number, ...samples: number[]]>>;

const kinds = [
  { backend: 'native', portable: false },
  { backend: 'native', portable: true },
  { backend: 'wasm', portable: false },
] as const;

describe.each(Object.keys(trainingModels))('the first training step of %s equals torch', (name) => {
  it.each(kinds)('$backend, portable: $portable', { timeout: 240_000 }, async ({ backend, portable }) => {
    await using runtime = await nodeRuntime({ backend });
    const path = new URL(`./goldens/training/${name}.json`, import.meta.url);
    const golden = JSON.parse(readFileSync(path, 'utf8')) as TrainingGolden;
    await using program = await trainingProgram(name, readGolden(name).ranges, { runtime, portable });
    const results = await takeStep(program);
    const wrong: string[] = [];
    for (const [key, [gap, norm, ...samples]] of Object.entries(golden)) {
      const result = results.get(key);
      if (!result) throw new Error(`${key}: the step did not give it`);
      const data = result.data as Float32Array;
      const errors = samples.map((expected, i) =>
        Math.abs((data[sampleAt(i, samples.length, data.length)] as number) - expected),
      );
      // Norms differ by no more than the norm of the difference.
      errors.push(Math.abs(Math.hypot(...chunkNorms(data)) - norm) / Math.sqrt(data.length));
      const worst = Math.max(...errors) / (GAPS * gap);
      if (!(worst <= 1)) wrong.push(`${key}: ${worst.toFixed(2)} tolerances`);
    }
    expect(wrong).toEqual([]);
  });
});

/** Euclidean norms of pieces. */
function chunkNorms(data: Float32Array): number[] {
  const norms: number[] = [];
  for (let start = 0; start < data.length; start += 4096) {
    let squares = 0;
    for (const x of data.subarray(start, start + 4096)) squares += x * x;
    norms.push(Math.sqrt(squares));
  }
  return norms;
}

/** Augmentations against goldens that torchvision wrote on PIL pictures: kernels one by one, and whole pipelines. */
import { describe, expect, it } from 'vitest';
import { bytesOf, float32 } from '../../src/base/tensor.ts';
import goldens from './augment.golden.json' with { type: 'json' };
import { type KernelCase, runKernel } from './augment-pictures.ts';
import pipelineGoldens from './augment-pipelines.golden.json' with { type: 'json' };
import { pipelineCases } from './augment-pipelines.ts';
import { digest } from './pictures.ts';

describe('kernels equal torchvision in every bit', () => {
  const rows = goldens.kernels as readonly object[] as readonly (KernelCase & { digest: string; size: readonly number[] })[];
  for (const kernel of new Set(rows.map((row) => row.kernel))) {
    const cases = rows.filter((row) => row.kernel === kernel);
    it(`${kernel}, ${cases.length} cases`, () => {
      for (const row of cases) {
        const { width, height, data } = runKernel(row);
        expect([width, height], JSON.stringify(row)).toEqual(row.size);
        expect(digest(data), JSON.stringify(row)).toBe(row.digest);
      }
    });
  }
});

it(`${pipelineGoldens.digests.length} whole pipelines equal torchvision's, drawing the same, in every bit`, () => {
  const { seed, digests } = pipelineGoldens;
  for (const [index, { given, sample }] of pipelineCases(seed, digests.length).entries()) {
    expect(digest(bytesOf(float32([sample.length], sample))), JSON.stringify(given.list)).toBe(digests[index]);
  }
});
